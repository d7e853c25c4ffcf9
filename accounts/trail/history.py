"""What happened to rows: triggers copy every change of a tracked table into a table of its own, whoever made it.

`follow` is called in the models of each app, `accounts.trail.context` says by whom a row was changed. Personal fields
never get here: name the fields to keep, and none that the inventory of personal data lists.
"""

import pghistory
import pgtrigger

NO_TRUNCATE = pgtrigger.Trigger(
    name="no_truncate",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
)


def follow(model, fields: list[str]) -> None:
    """Keep what `fields` were after each insertion and change of one of them, and before each deletion.

    Makes the model <Model>History, to which nobody may do more than add rows: the application has no other right, and
    triggers refuse UPDATE, DELETE and TRUNCATE to the owner, too.
    """
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        fields=fields,
        model_name=f"{model.__name__}History",
        append_only=True,
        meta={"triggers": [NO_TRUNCATE]},
    )(model)
