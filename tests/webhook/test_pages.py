"""The pages that the law, the platforms and the operators ask for."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from chatbot.webhook.connect import PENDING_CONSENT, VERIFIER
from tests.app.whole import Whole, whole_bot


def signed_request(payload: object, secret: str) -> str:
    """Meta's `signed_request`."""
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), encoded, hashlib.sha256)).rstrip(b"=")
    return f"{signature.decode()}.{encoded.decode()}"


async def ask(whole: Whole, form: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Call the data-deletion callback."""
    async with whole.http.post(f"{whole.url}/webhooks/messenger/data-deletion", data=form) as response:
        return response.status, await response.json()


ASKED = {"user_id": "218471", "algorithm": "HMAC-SHA256", "issued_at": 1795330801}


async def test_a_deletion_request_is_recorded_and_its_page_tells_what_to_do(whole: Whole) -> None:
    form = {"signed_request": signed_request(ASKED, whole.messenger.account.app_secret)}
    status, answer = await ask(whole, form)
    code = answer["confirmation_code"]
    assert (status, answer["url"]) == (200, f"https://bot.example.vn/data-deletion/{code}")
    status, page = await whole.get(f"/data-deletion/{code}")
    assert status == 200
    assert code in page
    assert "xóa dữ liệu của tôi" in page
    assert "218471" not in str(whole.rows("SELECT name, value FROM setting"))


@pytest.mark.parametrize(
    "signed",
    [signed_request(ASKED, "a guessed secret"), "no-point", "é.é", ".", "AAAA.AAAA", signed_request([1], "x")],
)
async def test_a_forged_deletion_request_is_refused(whole: Whole, signed: str) -> None:
    status, answer = await ask(whole, {"signed_request": signed})
    assert (status, answer) == (403, {"error": "signature refused"})
    assert whole.rows("SELECT count(*) FROM setting WHERE name LIKE 'deletion:%'") == [(0,)]


async def test_a_deletion_request_without_a_signature_is_a_bad_request(whole: Whole) -> None:
    assert (await ask(whole, {"other": "1"}))[0] == 400


async def test_a_signed_payload_that_is_no_object_is_refused(whole: Whole) -> None:
    form = {"signed_request": signed_request([1], whole.messenger.account.app_secret)}
    assert (await ask(whole, form))[0] == 403


@pytest.mark.parametrize("code", ["0" * 24, "0" * 23, "../../etc/passwd", "x" * 24])
async def test_an_unknown_deletion_code_is_not_found(whole: Whole, code: str) -> None:
    assert (await whole.get(f"/data-deletion/{code}"))[0] == 404


async def test_the_privacy_page_says_what_is_kept(whole: Whole) -> None:
    async with whole.http.get(f"{whole.url}/privacy") as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "xóa dữ liệu của tôi" in page
    assert "<script" not in page


async def test_the_program_is_alive_and_ready(whole: Whole) -> None:
    assert await whole.get("/healthz") == (200, '{"status": "alive"}')
    status, page = await whole.get("/readyz")
    assert (status, json.loads(page)) == (200, {"status": "ready", "reasons": [], "warnings": []})


async def test_a_warning_does_not_take_it_out_of_service(whole: Whole) -> None:
    whole.bot.alarms.raise_("content", "New content has errors.")
    status, page = await whole.get("/readyz")
    assert (status, json.loads(page)["warnings"]) == (200, ["content: New content has errors."])


async def test_it_is_not_ready_when_nothing_can_be_written(whole: Whole) -> None:
    await whole.bot.store.close()
    await whole.until(lambda: "store" in whole.bot.alarms.standing)
    status, page = await whole.get("/readyz")
    assert status == 503
    assert json.loads(page)["reasons"] == ["nothing can be stored: the store is closed"]


async def test_it_is_not_ready_while_it_stops(whole: Whole) -> None:
    await whole.bot.stop()
    status, page = await whole.get("/readyz")
    assert (status, json.loads(page)["reasons"]) == (503, ["stopping"])


@pytest.mark.parametrize("way", ["/", "/zalo_verifierAbC-12_3.html"])
async def test_zalo_finds_the_proof_of_the_domain(whole: Whole, way: str) -> None:
    await whole.bot.store.put_setting(VERIFIER, "AbC-12_3")
    status, page = await whole.get(way)
    assert status == 200
    assert '<meta name="zalo-platform-site-verification" content="AbC-12_3">' in page


async def test_another_code_proves_nothing(whole: Whole) -> None:
    assert (await whole.get("/zalo_verifierAbC.html"))[0] == 404
    await whole.bot.store.put_setting(VERIFIER, "AbC")
    assert (await whole.get("/zalo_verifierXyZ.html"))[0] == 404
    assert "zalo-platform-site-verification" in (await whole.get("/"))[1]


async def test_an_admins_consent_connects_the_oa(whole: Whole) -> None:
    proof = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).rstrip(b"=").decode()
    await whole.bot.store.put_setting(PENDING_CONSENT + "state-1", proof)
    code = whole.zalo.grant.consent(challenge)
    status, page = await whole.get(f"/connect/zalo?code={code}&state=state-1&oa_id={whole.zalo.account.oa_id}")
    assert (status, "Đã nối Zalo OA" in page) == (200, True)
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert len(whole.zalo.sent) == 1


@pytest.mark.parametrize("query", ["", "?code=abc", "?code=abc&state=unknown", "?state=state-1"])
async def test_a_consent_that_was_not_begun_here_is_refused(whole: Whole, query: str) -> None:
    status, page = await whole.get(f"/connect/zalo{query}")
    assert (status, "Chưa nối được" in page) == (400, True)


async def test_without_zalo_there_is_nothing_to_connect(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, without=("ZALO_",)) as whole:
        assert (await whole.get("/connect/zalo?code=a&state=b"))[0] == 400


@pytest.mark.parametrize(
    "path", ["/console/../metrics/x", "/webhooks/telegram", "/.env", "/simulator", "/var/chatbot.db"]
)
async def test_there_is_nothing_else(whole: Whole, path: str) -> None:
    assert (await whole.get(path))[0] == 404
