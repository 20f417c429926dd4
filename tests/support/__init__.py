"""What tests of several rooms use: servers, clients, pages, recorded runs. No tests."""
