"""`manage.py export_python_client > docs/clients/python/healthequiroute_client.py`: the API as one Python file."""

from django.core.management.base import BaseCommand

from healthequiroute.api_document.client_source import source
from healthequiroute.api_document.document import openapi_document


class Command(BaseCommand):
    help = "A typed Python client of the API on standard output; it needs nothing but Python."
    requires_system_checks = []

    def handle(self, **options):
        self.stdout.write(source(openapi_document()), ending="")
