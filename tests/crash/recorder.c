/* Loaded in front of libc: writes down, in order, when a webhook was read and on which socket, when a sync began and when
   it ended, and when a 200 left and on which socket. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void tell(const char *what)
{
    static int file = -1;
    const char *path = getenv("RECORDER_FILE");
    if (file < 0 && path)
        file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file >= 0 && write(file, what, strlen(what)) < 0)
        abort();
}

static void tell_of(const char *what, int fd)
{
    char line[32];
    snprintf(line, sizeof line, "%s %d\n", what, fd);
    tell(line);
}

int fdatasync(int fd)
{
    static int (*real)(int);
    if (!real)
        real = dlsym(RTLD_NEXT, "fdatasync");
    tell("syncing\n");
    int result = real(fd);
    if (result == 0)
        tell("synced\n");
    return result;
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real)
        real = dlsym(RTLD_NEXT, "fsync");
    tell("syncing\n");
    int result = real(fd);
    if (result == 0)
        tell("synced\n");
    return result;
}

ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
    static ssize_t (*real)(int, void *, size_t, int);
    if (!real)
        real = dlsym(RTLD_NEXT, "recv");
    ssize_t got = real(fd, bytes, size, flags);
    if (got > 14 && !memcmp(bytes, "POST /webhooks", 14))
        tell_of("asked", fd);
    return got;
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
    static ssize_t (*real)(int, const void *, size_t, int);
    if (!real)
        real = dlsym(RTLD_NEXT, "send");
    if (size > 12 && !memcmp(bytes, "HTTP/1.1 200", 12))
        tell_of("answered", fd);
    return real(fd, bytes, size, flags);
}
