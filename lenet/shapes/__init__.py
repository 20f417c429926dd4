"""What the REST API is sent and answers, as types: its OpenAPI description is made from them. No work of their own."""
