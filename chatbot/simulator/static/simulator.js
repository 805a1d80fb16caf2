// The page of the simulator: draws what the two phones show and sends what the citizen does. No build step, no library.

const CHANNELS = ["zalo", "messenger"];
const NAMES = { zalo: "Zalo", messenger: "Messenger" };
const STATES = { sending: "Đang gửi…", sent: "Đã gửi", seen: "Đã xem", failed: "Chưa gửi được: trợ lý không trả lời" };
const OUTCOMES = {
  answered: "Đã trả lời", clarify: "Đã hỏi lại", flow: "Đang hướng dẫn", refused: "Đã từ chối khéo",
  handed: "Đã chuyển cán bộ", unanswered: "Chưa trả lời được", error: "Có lỗi",
};
const STEPS = {
  events: "Nhận tin", kill_switch: "Công tắc", operator_hold: "Nhường cán bộ", stale: "Tin để lâu", rate_limit: "Nhịp nhắn",
  hear_pronoun: "Nghe cách xưng", safety: "Xét nguy hiểm", attachment: "Tệp gửi kèm", offers: "Lựa chọn vừa đưa ra",
  understand: "Hiểu câu hỏi", named_channel: "Soi số, trang, ứng dụng", rudeness: "Lời nặng", secrets: "Thông tin riêng",
  condolence: "Chia buồn", flow: "Hướng dẫn từng bước", dispatch: "Soạn câu trả lời", frame: "Ghép câu", courtesy: "Lễ phép",
  use_pronoun: "Xưng hô", undelivered: "Tin chưa tới", check_reply: "Kiểm tra trước khi gửi", remember: "Ghi nhớ",
};
const ATTACHMENTS = { image: "Ảnh", audio: "Tin nhắn thoại · 0:07", file: "Tệp", location: "Vị trí", sticker: "" };

const phones = Object.fromEntries(CHANNELS.map((channel) => {
  const root = document.querySelector(`.phone[data-channel="${channel}"]`);
  const part = (selector) => root.querySelector(selector);
  return [channel, {
    channel, root, log: part(".log"), list: part(".bubbles"), typing: part(".typing"), quick: part(".quick"),
    starters: part(".starters"), hello: part(".hello"), welcome: part(".welcome"), menu: part(".menu"), persistent: part(".persistent"),
    more: part(".more"), form: part(".composer"), input: part("textarea"), jump: part(".jump"),
    tab: document.querySelector(`.tabs [data-tab="${channel}"]`), drawn: new Map(), quickDrawn: "", lastAt: 0, unread: 0,
    anchor: null, following: true, moving: false, isTyping: false,
  }];
}));
const memory = window.sessionStorage;
const SILENT_AFTER = 1500; // milliseconds after which a turn that said nothing is explained too
const PAUSE = 10 * 60 * 1000; // a silence after which the time is shown between two messages
const NEAR = 48; // pixels from the end within which the reader follows the conversation
const SLACK = 96; // pixels by which an answer may be too long and its end is shown all the same
const TYPING_SHOWN = 20_000; // milliseconds
const TZ = "Asia/Ho_Chi_Minh";
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const narrow = window.matchMedia("(max-width: 760px)");
let citizens = null;
let stream = null;
let current = "zalo";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

async function post(path, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, options);
  if (!response.ok) throw new Error((await response.json()).error || response.statusText);
  return response.json();
}

async function send(channel, wish) {
  current = channel;
  phones[channel].following = true;
  phones[channel].anchor = null;
  try {
    await post("/simulator/act", { channel, citizen: citizens[channel], ...wish });
    setTimeout(() => explain(channel), SILENT_AFTER);
    return true;
  } catch (error) {
    const lost = error instanceof TypeError; // the browser's word for "nobody answered"
    toast(lost ? "Không gửi được: trợ lý không chạy." : `Không gửi được: ${error.message}`);
    return false;
  }
}

let toastTimer = 0;
function toast(text) {
  const box = document.getElementById("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 4000);
}

// --- drawing ----------------------------------------------------------------------------------------------------

function button(phone, bubble, one, place) {
  const made = element("button", `choice ${one.kind}`);
  made.type = "button";
  made.append(element("span", "", one.label), icon(one.kind));
  if (one.kind === "link") made.title = `Mở trang ${one.where}`;
  if (one.kind === "call") made.title = `Gọi ${one.where}`;
  made.addEventListener("click", () => {
    if (one.kind === "link") return toast(`Nút này mở trang ${one.where} (bản chạy thử không mở).`);
    if (one.kind === "call") return toast(`Nút này gọi ${one.where} (bản chạy thử không gọi).`);
    return send(phone.channel, { act: "tap", message: bubble.id, place });
  });
  return made;
}

function content(bubble) {
  if (!bubble.attachment) return element("p", "text", bubble.text);
  if (bubble.attachment === "sticker") {
    const sticker = element("div", "sticker");
    sticker.setAttribute("role", "img");
    sticker.setAttribute("aria-label", "Nhãn dán thích");
    sticker.append(icon("thumb"));
    return sticker;
  }
  const box = element("div", `attachment ${bubble.attachment}`);
  box.append(icon(bubble.attachment === "audio" ? "audio" : "image"), element("span", "", ATTACHMENTS[bubble.attachment]));
  return box;
}

function draw(phone, bubble) {
  const item = element("li", `line ${bubble.side}`);
  if (bubble.side === "note") {
    item.append(element("span", "note-text", bubble.text));
    return item;
  }
  const speaker = { citizen: "Người dân", bot: "Trợ lý", staff: "Cán bộ" }[bubble.side];
  item.append(element("span", "speaker", speaker));
  const box = element("div", "bubble");
  box.append(content(bubble), element("time", "", bubble.time));
  if (bubble.buttons.length) {
    const list = element("div", "choices");
    list.append(...bubble.buttons.map((one, place) => button(phone, bubble, one, place)));
    box.classList.add("with-choices");
    box.append(list);
  }
  item.append(box, element("span", "state", ""));
  return item;
}

function day(at) {
  return new Intl.DateTimeFormat("vi-VN", { timeZone: TZ, day: "2-digit", month: "2-digit", year: "numeric" }).format(at);
}

// The time in the middle of the conversation: at its beginning and after a silence.
function stamp(bubble) {
  const today = day(bubble.at) === day(Date.now());
  return element("li", "stamp", `${bubble.time} ${today ? "Hôm nay" : day(bubble.at)}`);
}

function drawQuick(phone, view) {
  const last = view.bubbles.findLast((one) => one.side !== "note");
  const key = view.quick.length ? `${last.id}` : "";
  if (key === phone.quickDrawn) return;
  phone.quickDrawn = key;
  phone.quick.replaceChildren(...view.quick.map((one, place) => {
    const pill = element("button", "pill", one.label);
    pill.type = "button";
    pill.addEventListener("click", () => {
      phone.input.focus();
      send(phone.channel, { act: "quick", message: last.id, place });
    });
    return pill;
  }));
}

function drawStarters(phone, view) {
  if (view.hello) phone.hello.textContent = view.hello;
  phone.starters.replaceChildren(...view.starters.map((one) => {
    const made = element("button", "starter", one.label);
    made.type = "button";
    made.addEventListener("click", () => {
      phone.input.focus();
      send(phone.channel, { act: one.act, place: one.place });
    });
    return made;
  }));
}

// As on the platform, the dots go away by themselves when nothing follows.
function showTyping(phone, typing) {
  if (typing === phone.isTyping) return;
  phone.isTyping = typing;
  phone.typing.hidden = !typing;
  clearTimeout(phone.tired);
  if (typing) phone.tired = setTimeout(() => { phone.typing.hidden = true; }, TYPING_SHOWN);
}

// The Page's own menu, as Messenger keeps it beside the field.
function drawMenu(phone, view) {
  const labels = view.menu.map((one) => one.label).join("|");
  if (labels === phone.menuDrawn) return;
  phone.menuDrawn = labels;
  phone.persistent.hidden = !labels;
  phone.persistent.replaceChildren(...view.menu.map((one, place) => {
    const made = element("button", "", one.label);
    made.type = "button";
    made.dataset.place = String(place);
    return made;
  }));
}

function drawStates(phone, lastMine) {
  for (const [id, item] of phone.drawn) {
    const state = item.querySelector(".state");
    if (!state) continue;
    const mine = Boolean(lastMine) && id === lastMine.id;
    state.textContent = mine ? STATES[lastMine.state] : "";
    item.classList.toggle("failed", mine && lastMine.state === "failed");
    item.classList.toggle("seen", mine && lastMine.state === "seen");
  }
}

function append(phone, bubbles) {
  const added = bubbles.filter((one) => !phone.drawn.has(one.id));
  for (const bubble of added) {
    if (bubble.at - phone.lastAt > PAUSE) phone.list.append(stamp(bubble));
    phone.lastAt = bubble.at;
    const item = draw(phone, bubble);
    phone.drawn.set(bubble.id, item);
    phone.list.append(item);
    if (bubble.side === "citizen") phone.anchor = null;
    else if (bubble.side !== "note") phone.anchor ??= item;
  }
  return added;
}

function show(phone, view) {
  const first = phone.drawn.size === 0;
  const known = new Set(view.bubbles.map((one) => one.id));
  if ([...phone.drawn.keys()].some((id) => !known.has(id))) forget(phone); // the platform began anew
  const added = append(phone, view.bubbles);
  if (first) phone.anchor = null;
  const changed = added.length > 0 || phone.isTyping !== view.typing;
  drawStates(phone, view.bubbles.findLast((one) => one.side === "citizen"));
  showTyping(phone, view.typing);
  phone.welcome.classList.toggle("small", view.bubbles.length > 0);
  drawQuick(phone, view);
  drawStarters(phone, view);
  drawMenu(phone, view);
  const answers = added.filter((one) => one.side === "bot" || one.side === "staff");
  if (!first) countUnread(phone, answers.length);
  if (changed) follow(phone, first);
  return answers.length > 0 && view.bubbles.at(-1).side === "bot";
}

// --- following the conversation ----------------------------------------------------------------------------------

function countUnread(phone, more) {
  const hidden = narrow.matches && document.querySelector(".stage").dataset.shown !== phone.channel;
  phone.unread = hidden ? phone.unread + more : 0;
  const badge = phone.tab.querySelector(".badge");
  badge.hidden = phone.unread === 0;
  badge.textContent = phone.unread ? String(phone.unread) : "";
  badge.setAttribute("aria-label", `${phone.unread} tin mới`);
}

function toEnd(log) {
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}

function move(phone, top, smoothly) {
  phone.moving = true;
  phone.log.scrollTo({ top, behavior: smoothly && !calm.matches ? "smooth" : "instant" });
  clearTimeout(phone.arrival);
  phone.arrival = setTimeout(() => arrive(phone), 700);
}

function arrive(phone) {
  phone.moving = false;
  look(phone);
}

// The reader's own hand stops a movement of ours.
function takeOver(phone) {
  if (!phone.moving) return;
  phone.log.scrollTo({ top: phone.log.scrollTop, behavior: "instant" });
  phone.moving = false;
}

function look(phone) {
  if (phone.moving) return;
  phone.following = toEnd(phone.log) < NEAR;
  phone.jump.hidden = phone.following;
}

// Whoever reads the end stays there; a long answer is shown from its beginning; whoever reads above is not torn away.
function follow(phone, atOnce) {
  if (!phone.following && !phone.moving) { look(phone); return; }
  const end = phone.log.scrollHeight - phone.log.clientHeight;
  const start = phone.anchor ? phone.anchor.offsetTop - 12 : end;
  move(phone, end - start < SLACK ? end : start, !atOnce);
}

// --- the drawer -------------------------------------------------------------------------------------------------

function row(list, name, value) {
  if (!value) return;
  list.append(element("dt", "", name), typeof value === "string" ? element("dd", "", value) : value);
}

function bar(label, share, number, code) {
  const item = element("li", "bar-line");
  const meter = document.createElement("meter");
  meter.max = 1;
  meter.value = Math.min(1, Math.max(0, share));
  meter.setAttribute("aria-label", label);
  const name = element("span", "", label);
  if (code) name.append(element("code", "under", code));
  item.append(name, element("b", "", number), meter);
  return item;
}

function bars(items) {
  const cell = element("dd");
  const list = element("ul", "bars");
  list.append(...items);
  cell.append(list);
  return cell;
}

// The five slowest steps in the order they ran, and the rest as one line.
function slowest(steps) {
  const most = Math.max(...steps.map(([, ms]) => ms), 0.001);
  const named = new Set([...steps].sort((a, b) => b[1] - a[1]).slice(0, 5).map(([name]) => name));
  const lines = steps.filter(([name]) => named.has(name));
  const rest = steps.filter(([name]) => !named.has(name));
  if (rest.length) lines.push([`${rest.length} bước còn lại`, rest.reduce((sum, [, ms]) => sum + ms, 0)]);
  return lines.map(([name, ms]) => bar(STEPS[name] || name, ms / most, `${ms.toFixed(2)} ms`));
}

// What was masked stands out.
function masked(text) {
  const cell = element("dd");
  for (const part of text.split(/(\[[A-ZĐ_]+(?::\d+)?\])/)) {
    cell.append(/^\[[A-ZĐ_]+(?::\d+)?\]$/.test(part) ? element("mark", "", part) : part);
  }
  return cell;
}

function named(title, code) {
  const cell = element("dd", "", title || code);
  if (title) cell.append(element("code", "under", code));
  return cell;
}

function explained(turn) {
  const facts = element("dl", "facts");
  const family = OUTCOMES[(turn.outcome || "").split("_")[0]];
  const outcome = element("dd");
  outcome.append(element("span", `chip ${(turn.outcome || "").split("_")[0]}`, family || turn.outcome || "?"));
  outcome.append(element("code", "", turn.outcome || ""));
  row(facts, "Kết quả", turn.outcome ? outcome : "");
  const tapped = (turn.text || "").startsWith("[#");
  row(facts, tapped ? "Nút đã bấm" : "Câu như được lưu lại", turn.text ? masked(turn.text) : "");
  row(facts, "Ý định", turn.intent ? named(turn.title, turn.intent) : "");
  const candidates = turn.candidates || [];
  if (candidates.length) {
    const lines = candidates.slice(0, 5).map((one) => bar(
      one.title || one.intent, one.confidence, `${Math.round(one.confidence * 100)} %`, one.title ? one.intent : "",
    ));
    row(facts, "Các khả năng", bars(lines));
  }
  const sources = turn.sources || [];
  row(facts, "Căn cứ", sources.map((one) => [one.place, one.document].filter(Boolean).join(" ")).join("; "));
  row(facts, "Kiểm tra lần cuối", (turn.checked_on || "").split("-").reverse().join("/"));
  row(facts, "Luồng", [turn.flow, turn.state].filter(Boolean).join(" → "));
  const { turn: whole, ...parts } = turn.steps || {};
  const steps = Object.entries(parts);
  if (steps.length) {
    const total = whole ?? steps.reduce((sum, [, ms]) => sum + ms, 0);
    row(facts, `Thời gian · ${total.toFixed(1)} ms`, bars(slowest(steps)));
  }
  return facts;
}

let asked = 0;
let triesKept = false; // the person opened the examples again: leave them open
async function explain(channel) {
  const mine = ++asked;
  const response = await fetch(`/simulator/explain?channel=${channel}&citizen=${citizens[channel]}`);
  if (!response.ok || mine !== asked) return;
  const turn = await response.json();
  const empty = Object.keys(turn).length === 0;
  const title = empty ? "Chưa có lượt trả lời nào." : `Lượt gần nhất trên ${NAMES[channel]}`;
  document.getElementById("drawer-of").textContent = title;
  document.querySelector(".drawer").dataset.empty = empty ? "yes" : "no";
  document.getElementById("drawer-body").replaceChildren(...(empty ? [] : [explained(turn)]));
  if (!empty && !triesKept) document.querySelector(".tries").open = false;
}

// --- life -------------------------------------------------------------------------------------------------------

function listen() {
  stream?.close();
  stream = new EventSource(`/simulator/stream?zalo=${citizens.zalo}&messenger=${citizens.messenger}`);
  const offline = document.getElementById("offline");
  stream.addEventListener("open", () => { offline.hidden = true; });
  stream.addEventListener("error", () => { offline.hidden = false; });
  stream.addEventListener("message", (event) => {
    const views = JSON.parse(event.data);
    for (const channel of CHANNELS) {
      if (views[channel].citizen !== citizens[channel]) continue;
      if (show(phones[channel], views[channel])) explain(channel);
    }
    document.body.dataset.ready = "yes";
  });
}

function forget(phone) {
  phone.drawn.clear();
  phone.list.replaceChildren();
  phone.quick.replaceChildren();
  phone.quickDrawn = "";
  phone.lastAt = 0;
  phone.anchor = null;
  phone.following = true;
}

async function meet({ anew }) {
  const kept = memory.getItem("citizens");
  citizens = kept && !anew ? JSON.parse(kept) : await post("/simulator/citizens", {});
  memory.setItem("citizens", JSON.stringify(citizens));
  for (const phone of Object.values(phones)) {
    forget(phone);
    write(phone, "");
  }
  document.getElementById("drawer-body").replaceChildren();
  listen();
  await explain(current);
}

function openMenu(phone, open) {
  phone.menu.hidden = !open;
  phone.more.setAttribute("aria-expanded", String(open));
  follow(phone, true);
}

// The field grows with its text; the buttons beside it follow.
function write(phone, text) {
  const { input, form } = phone;
  if (text !== undefined) input.value = text;
  form.dataset.empty = input.value.trim() ? "no" : "yes";
  input.style.height = "";
  if (input.value) input.style.height = `${input.scrollHeight}px`;
}

async function submit(phone) {
  const text = phone.input.value.trim();
  if (!text) return;
  write(phone, "");
  const sent = await send(phone.channel, { act: "text", text });
  if (!sent && !phone.input.value) write(phone, text); // nothing typed is lost
}

function wire(phone) {
  const { channel, input, form } = phone;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(phone);
  });
  for (const idle of form.querySelectorAll("[data-attach]")) {
    idle.addEventListener("click", () => send(channel, { act: "attachment", kind: idle.dataset.attach }));
  }
  input.addEventListener("input", () => write(phone));
  phone.log.addEventListener("scroll", () => look(phone), { passive: true });
  phone.log.addEventListener("scrollend", () => arrive(phone));
  for (const gesture of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    phone.log.addEventListener(gesture, () => takeOver(phone), { passive: true });
  }
  phone.jump.addEventListener("click", () => {
    phone.following = true;
    phone.anchor = null;
    follow(phone, false);
  });
  input.addEventListener("focus", () => { current = channel; });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  phone.more.addEventListener("click", () => openMenu(phone, phone.menu.hidden));
  phone.root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !phone.menu.hidden) { openMenu(phone, false); phone.more.focus(); }
  });
  phone.menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    openMenu(phone, false);
    input.focus();
    if (chosen.dataset.place) send(channel, { act: "menu", place: Number(chosen.dataset.place) });
    else if (chosen.dataset.attach) send(channel, { act: "attachment", kind: chosen.dataset.attach });
    else if (chosen.dataset.act) send(channel, { act: chosen.dataset.act });
    else askStaff(channel);
  });
}

function askStaff(channel) {
  const dialog = document.getElementById("staff");
  const text = document.getElementById("staff-text");
  dialog.returnValue = "cancel";
  dialog.onclose = () => {
    if (dialog.returnValue === "send" && text.value.trim()) send(channel, { act: "staff", text: text.value.trim() });
  };
  dialog.showModal();
}

function setLarge(large) {
  document.documentElement.classList.toggle("large", large);
  document.getElementById("larger").setAttribute("aria-pressed", String(large));
  memory.setItem("large", large ? "yes" : "");
  Object.values(phones).forEach((phone) => write(phone));
}

function selectTab(name) {
  document.querySelector(".stage").dataset.shown = name;
  for (const tab of document.querySelectorAll(".tabs button")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
  }
  if (name === "drawer") explain(current);
  else {
    current = name;
    countUnread(phones[name], 0);
    follow(phones[name], true);
  }
}

Object.values(phones).forEach(wire);
document.getElementById("fresh").addEventListener("click", () => meet({ anew: true }));
document.getElementById("larger").addEventListener("click", (event) => {
  setLarge(event.currentTarget.getAttribute("aria-pressed") !== "true");
});
for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => selectTab(tab.dataset.tab));
}
for (const example of document.querySelectorAll("[data-example]")) {
  example.addEventListener("click", () => {
    if (document.querySelector(".stage").dataset.shown === "drawer") selectTab(current);
    send(current, { act: "text", text: example.textContent });
  });
}
window.addEventListener("resize", () => {
  for (const phone of Object.values(phones)) {
    write(phone);
    follow(phone, true);
  }
});
document.querySelector(".tries summary").addEventListener("click", () => { triesKept = true; });
function tick() {
  const now = new Intl.DateTimeFormat("vi-VN", { timeZone: TZ, hour: "2-digit", minute: "2-digit" }).format(Date.now());
  for (const clock of document.querySelectorAll(".clock")) clock.textContent = now;
}
tick();
setInterval(tick, 10_000);
setLarge(memory.getItem("large") === "yes");
meet({ anew: false });
