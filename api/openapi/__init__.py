"""The API described as OpenAPI 3.0.3 (https://spec.openapis.org/oas/v3.0.3).

Made of the catalog, by pure functions. 3.0 and not 3.1, which Powertools writes: OGC
API Features names 3.0 (17-069r4, 9), and its test suite reads nothing else.
"""

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
