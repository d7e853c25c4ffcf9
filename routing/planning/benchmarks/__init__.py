"""Published routing instances as neutral problems, so that engines can be measured where others were measured.

read_instance    one Solomon or Gehring-Homberger .txt, one VRPLIB .vrp, or one home-care .json
read_folder      every instance of a folder, the small ones first
read_plan        a published .sol as a plan for the judge
best_known       what the .sol beside an instance, or best_known.json, says was reached
plan_files       the plans published for a home-care instance; judged_plan: the judge's verdict on one of them
"""

from .home_care_plans import judged_plan, plan_files
from .instance import Instance, read_folder, read_instance
from .published import Published, best_known, published_plans, read_plan, read_sol, stated_cost

__all__ = [
    "Instance",
    "Published",
    "best_known",
    "judged_plan",
    "plan_files",
    "published_plans",
    "read_folder",
    "read_instance",
    "read_plan",
    "read_sol",
    "stated_cost",
]
