"""The OpenAPI document as a dict, made once in a process: it depends on the program alone."""

from functools import cache


@cache
def openapi_document() -> dict:
    # What it describes is known only when all addresses are.
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiJsonRenderer
    from orjson import loads

    document = SchemaGenerator(urlconf="healthequiroute.urls", api_version="1").get_schema(request=None, public=True)
    return loads(OpenApiJsonRenderer().render(document))
