"""Paging of API lists."""

from rest_framework.pagination import PageNumberPagination


class PagePagination(PageNumberPagination):
    """`?page=` and `?page_size=` (at most 500). The pages around are in the body and in the Link header (RFC 8288)."""

    page_size_query_param = "page_size"
    max_page_size = 500

    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        around = {"next": self.get_next_link(), "prev": self.get_previous_link()}
        links = [f'<{address}>; rel="{rel}"' for rel, address in around.items() if address]
        if links:
            response["Link"] = ", ".join(links)
        return response
