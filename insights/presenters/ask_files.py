"""The table of an answer as a file (`accounts.list_files`)."""

from accounts.list_files import Column, ListFile, Notes

from ..assistant import Answer


def answer_table(answer: Answer) -> ListFile:
    """Cells as they were shown; sources and the question go with it as notes."""
    table = answer.table
    headings = _apart(table.columns)
    sources = list(dict.fromkeys(fact.source for fact in answer.facts if fact.source))
    periods = list(dict.fromkeys(fact.period for fact in answer.facts if fact.period))
    return ListFile(
        name="answer",
        title=table.caption,
        columns=[Column(heading, "As in the answer.") for heading in headings],
        rows=[dict(zip(headings, row, strict=True)) for row in table.rows],
        notes=Notes(
            source="; ".join(sources) or "Data of this portal",
            filters=[f"Question: {answer.question}"],
            readers="Whoever asked",
            more=[f"Period: {period}" for period in periods],
        ),
    )


def _apart(columns) -> list[str]:
    """A file has no heading twice."""
    found = []
    for column in columns:
        same = sum(1 for each in columns[: len(found)] if each.lower() == column.lower())
        found.append(f"{column} ({same + 1})" if same else column)
    return found
