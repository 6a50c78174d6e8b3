"""How people and telephones reach the copilot: HTTP, WebSocket, the web desks, the command line."""
