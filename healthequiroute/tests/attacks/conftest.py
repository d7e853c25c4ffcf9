"""The organisation that is attacked is the one of the access matrix, where every address has its thing."""

from ..test_access_matrix import world  # noqa: F401 - a fixture
