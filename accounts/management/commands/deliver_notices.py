"""Send emails and webhooks that are due, once; workers do the same every minute."""

import json

from django.core.management.base import BaseCommand

from accounts.notices import email_sending, webhook_sending


class Command(BaseCommand):
    help = "Sends the emails and webhooks that are due, and prints how many as JSON. Any number may run at once."

    def handle(self, *args, **options):
        sent = email_sending.send_due()
        posted = webhook_sending.post_due()
        told = {
            "emails": {name: getattr(sent, name) for name in ("sent", "later", "given_up", "dropped")},
            "webhooks": {name: getattr(posted, name) for name in ("delivered", "later", "given_up")},
        }
        self.stdout.write(json.dumps(told))
