"""The `chatbot` command: every subcommand in its own file, brought together here."""

from typing import Final

import typer

from chatbot.cli import (
    catch_up,
    connect,
    content,
    database,
    dead,
    doctor,
    erase,
    evaluate,
    impact,
    new_faq,
    processes,
    run,
    scams,
    talk,
    train,
)
from chatbot.observe import log

HELP: Final = """Trợ lý của Bảo hiểm xã hội Việt Nam trên Zalo OA và fanpage Facebook.

\b
Ví dụ:
  chatbot run --simulator                     chạy thử, không cần tài khoản nào
  chatbot ask "nghi thai san duoc may thang"  hỏi một câu
  chatbot check                               kiểm tra nội dung vừa sửa
  chatbot ask --help                          cách dùng và ví dụ của từng lệnh
"""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback(help=HELP)
def begin() -> None:
    """Before any command: logs go to stderr, so that stdout holds only what was asked for."""
    log.configure()


app.command("run", short_help="Chạy bot, tất cả trong một tiến trình")(run.run)
app.command("web", short_help="Nửa nhận tin, trên PostgreSQL")(processes.web)
app.command("worker", short_help="Nửa trả lời, trên PostgreSQL")(processes.worker)
app.command("chat", short_help="Nói chuyện với bot trong cửa sổ dòng lệnh")(talk.chat)
app.command("ask", short_help="Hỏi một câu, nhận một câu trả lời")(talk.ask)
app.command("evaluate", short_help="Đo mức hiểu trên một tệp câu có nhãn")(evaluate.evaluate)
app.command("train", short_help="Học cách hỏi từ nội dung và lưu lại")(train.train)
app.command("check", short_help="Kiểm tra cấu hình và toàn bộ nội dung")(content.check)
app.command("new-faq", short_help="Tạo một chủ đề mới đúng mẫu")(new_faq.new_faq)
app.command("stale", short_help="Nội dung quá hạn hoặc sắp hết hạn")(content.stale)
app.command("impact", short_help="Câu nào được hiểu hay trả lời khác sau khi sửa")(impact.impact)
app.command("flows", short_help="Các luồng hướng dẫn từng bước và sơ đồ")(content.flows)
app.command("doctor", short_help="Máy, cấu hình và các kênh đã sẵn sàng chưa")(doctor.doctor)
app.command("erase", short_help="Xóa hẳn cuộc trò chuyện của một người")(erase.erase)
app.command("scams", short_help="Số, trang, ứng dụng lạ mà người dân nhắc tới")(scams.scams)
app.command("catch-up", short_help="Đọc lại từ Zalo những tin lỡ mất khi bot dừng")(catch_up.read_missed)
app.add_typer(database.app, name="db", short_help="Cơ sở dữ liệu: nâng cấp, sao lưu, khôi phục")
app.add_typer(connect.app, name="connect", short_help="Nối Zalo OA và fanpage thật")
app.add_typer(dead.app, name="dead", short_help="Tin và câu trả lời đã bỏ cuộc: xem, thử lại, bỏ qua")
