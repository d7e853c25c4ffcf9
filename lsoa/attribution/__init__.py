"""Where practices' patients live, and what their registers say about small areas.

Pure arrays: no Django, no database, no files. In the order of use:

`places`           areas, practices and the pairs of them that are near each other
`gravity`          distance decay, balancing against residents, and the published deprivation of practices
`wards`            which ward a name means
`weights`          the best evidence for each practice, as one sparse matrix whose rows sum to 1
`prevalence`       crude figures of areas with their standard errors
`rates`            age-specific rates of registers from practices' lists by age
`standardisation`  observed over expected registers, carried to areas
`validation`       what all this is held against
"""
