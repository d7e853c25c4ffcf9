"""Reading back the files that pages give."""

import csv
import io


def content_of(answer) -> bytes:
    """The whole body, streamed or not."""
    return answer.getvalue()


def csv_lines(answer) -> list[list[str]]:
    """Heading and rows of a CSV of `accounts.list_files`, without its notes."""
    text = content_of(answer).decode("utf-8-sig")
    return list(csv.reader(line for line in io.StringIO(text, newline="") if not line.startswith("# ")))


def csv_rows(answer) -> list[dict[str, str]]:
    """The same as a dict for each row."""
    heading, *rows = csv_lines(answer)
    return [dict(zip(heading, row, strict=True)) for row in rows]
