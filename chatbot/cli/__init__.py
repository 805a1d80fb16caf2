"""The command line: chatbot run, chat, ask, evaluate, check, doctor, db, connect..."""
