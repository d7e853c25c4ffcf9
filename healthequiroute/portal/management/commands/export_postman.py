"""`manage.py export_postman > healthequiroute.postman.json`: the API as a Postman collection (v2.1)."""

import json

from django.core.management.base import BaseCommand

from healthequiroute.api_document.document import openapi_document
from healthequiroute.api_document.postman import collection


class Command(BaseCommand):
    help = "The API as a Postman collection (v2.1) on standard output, with an example of every request."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--host", default="https://healthequiroute.example.org", help="address of the portal")

    def handle(self, host, **options):
        told = collection(openapi_document(), host=host.rstrip("/"))
        self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
