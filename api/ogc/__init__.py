"""OGC API - Features over the models: every model with `meta.api` is a collection.

The items of a dataset are its groups, as it groups them by default; those of a row
model its rows (https://docs.ogc.org/is/17-069r4/17-069r4.html).
"""

COLLECTIONS = "/collections"
COLLECTION = "/collections/{collectionId}"
ITEMS = "/collections/{collectionId}/items"
ITEM = "/collections/{collectionId}/items/{featureId}"
QUERYABLES = "/collections/{collectionId}/queryables"
SCHEMA = "/collections/{collectionId}/schema"
CONFORMANCE = "/conformance"
LANDING = "/"
