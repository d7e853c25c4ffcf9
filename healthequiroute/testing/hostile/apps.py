"""Plans and weeks are searched with another seed than the one they would have."""

import random

from django.apps import AppConfig
from django.db.models.signals import pre_save

from . import seed


class HostileConfig(AppConfig):
    name = "healthequiroute.testing.hostile"

    def ready(self):
        from routing.models import RoutePlan, WeekPlan

        for model in (RoutePlan, WeekPlan):
            pre_save.connect(other_seed, sender=model, dispatch_uid="hostile")


def other_seed(sender, instance, **signal):
    if instance._state.adding:
        instance.seed = random.Random(f"{seed()} {sender.__name__} {instance.name}").randrange(1, 10_000)
