"""The worker process seen from outside: started, listened to, and how it ended, in words."""
