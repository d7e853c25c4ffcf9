"""How long it takes from place to place. Imports no Django.

provider      the interface every source of travel times keeps
great_circle  estimate from straight lines: always there, always marked as estimated
"""

from .great_circle import GreatCircleProvider
from .provider import Profile, TravelMatrix, TravelProvider, TravelUnavailable

__all__ = ["GreatCircleProvider", "Profile", "TravelMatrix", "TravelProvider", "TravelUnavailable"]
