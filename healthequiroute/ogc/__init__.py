"""The portal as layers for map programs: OGC API - Features 1.0, Part 1 (17-069r4) and Part 2 (18-058r1).

docs/api.md says what is offered; `healthequiroute/ogc/tests/` holds it against the requirements of both parts.
"""
