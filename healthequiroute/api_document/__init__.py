"""The API explained: its OpenAPI document with examples, the page Using the API, a Postman collection, a client."""
