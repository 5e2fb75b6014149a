"""Where everything is put together: settings become objects, tasks are supervised, the demo is played."""
