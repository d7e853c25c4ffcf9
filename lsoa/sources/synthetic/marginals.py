"""How the figures of all areas are spread: as many areas as in England lie below the default model's thresholds.

The shares are those found on Census 2021, QOF 2024-25 and IoD 2025.

The values between the thresholds and in the tails are invented, round and only plausible.
"""

import numpy as np

# indicator -> ((share of areas at or below, value), ...); linear between the points.
QUANTILES = {
    "age75_share": ((0, 0.3), (0.1, 2.3), (0.25, 4.7), (0.485, 8.0), (0.65, 10.0), (0.8, 12.5), (0.95, 16.2), (1, 27)),
    "bad_health_share": ((0, 1.0), (0.1, 2.6), (0.25, 3.5), (0.535, 5.0), (0.8, 7.0), (0.95, 8.8), (1, 13.0)),
    "lives_alone66_share": ((0, 0.8), (0.1, 6.0), (0.25, 9.2), (0.505, 12.5), (0.8, 16.5), (0.95, 20.6), (1, 38.0)),
    "unpaid_care_50h_share": ((0, 0.3), (0.1, 1.4), (0.25, 1.9), (0.51, 2.6), (0.8, 3.5), (0.95, 4.5), (1, 7.4)),
    "ethnic_minority_share": ((0, 0.9), (0.1, 2.4), (0.25, 3.9), (0.54, 10.0), (0.65, 17.0), (0.79, 30.0),
                              (0.9, 52.0), (0.97, 74.0), (1, 94.0)),
    "low_english_share": ((0, 0.0), (0.1, 0.12), (0.25, 0.27), (0.5, 0.7), (0.65, 1.4), (0.8, 2.6), (0.9, 4.8),
                          (0.97, 8.5), (1, 19.0)),
    "no_car_share": ((0, 1.5), (0.1, 7.0), (0.25, 11.0), (0.505, 19.0), (0.65, 25.5), (0.795, 35.0), (0.93, 51.0),
                     (1, 83.0)),
    "qof_cardiometabolic": ((0, 6.0), (0.1, 18.0), (0.25, 24.0), (0.5, 29.2), (0.8, 33.3), (0.95, 38.0), (1, 46.0)),
    "qof_respiratory": ((0, 2.4), (0.1, 5.4), (0.25, 7.0), (0.5, 8.9), (0.8, 10.3), (0.95, 12.0), (1, 15.5)),
    "qof_mental_cognitive": ((0, 6.5), (0.1, 11.0), (0.25, 13.4), (0.5, 16.2), (0.8, 19.8), (0.95, 23.6), (1, 29.0)),
    "qof_cardiometabolic_standardised": ((0, 12.0), (0.1, 23.2), (0.25, 25.3), (0.5, 28.0), (0.8, 31.9), (0.95, 36.1),
                                         (1, 46.0)),
    "qof_respiratory_standardised": ((0, 3.0), (0.1, 6.7), (0.25, 7.5), (0.5, 8.4), (0.8, 9.8), (0.95, 11.1), (1, 15)),
    "qof_mental_cognitive_standardised": ((0, 6.5), (0.1, 11.9), (0.25, 13.6), (0.5, 15.9), (0.8, 19.4), (0.95, 22.9),
                                          (1, 31.0)),
    "population": ((0, 1_000), (0.1, 1_330), (0.5, 1_620), (0.9, 2_080), (0.99, 2_750), (1, 3_900)),
}  # fmt: skip

ENGLAND_AREAS = 33_755


def spread(code: str, latent: np.ndarray) -> np.ndarray:
    """Values whose order is that of `latent` (n,) and whose distribution is the indicator's."""
    share, value = np.array(QUANTILES[code], dtype=float).T
    return np.interp(plotting_position(latent), share, value)


def plotting_position(latent: np.ndarray) -> np.ndarray:
    """Share of areas below, from 1/2n to 1 - 1/2n."""
    rank = np.empty(len(latent))
    rank[np.argsort(latent, kind="stable")] = np.arange(len(latent))
    return (rank + 0.5) / len(latent)


def national_rank(latent: np.ndarray) -> np.ndarray:
    """Distinct ranks among England's 33,755 as if these areas were an even sample of them; highest latent is rank 1."""
    return np.floor((1 - plotting_position(latent)) * ENGLAND_AREAS).astype(int) + 1


def national_decile(rank: np.ndarray) -> np.ndarray:
    """Decile 1 is the most deprived tenth."""
    return np.ceil(rank * 10 / ENGLAND_AREAS).astype(int)
