"""Reports: what they say (`kinds`), when they are made (`schedule`), how they are kept and sent (`services`, `making`),
and how they look (`documents`). docs/reports.md explains the whole.
"""
