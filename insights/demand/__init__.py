"""What a team will be asked for, held against the hours it has. Pure: numbers go in, numbers come out.

week_calendar  weeks, working days, the same moment in an earlier week
requests       new visits still to come, from past weeks
falling_due    people on the caseload, day by day
repeats        visits that find nobody and are made again
capacity       hours there: shifts less breaks and absences
weeks          all of it for the six weeks ahead, with an 80 % interval
moves          what could be moved to a week that is short

docs/demand.md says every rule and where it is from.
"""
