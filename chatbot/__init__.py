"""The machine: everything a chatbot needs, and nothing about insurance."""
