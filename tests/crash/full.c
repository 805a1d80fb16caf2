/* Loaded in front of libc: a disk without room. While the file that FULL_DISK names exists, no file under the folder
   written in it may grow: it is told ENOSPC, as by a file system that is full. What has its place may be overwritten. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int full_at(char *place, size_t size)
{
    const char *sign = getenv("FULL_DISK");
    int file = sign ? open(sign, O_RDONLY) : -1;
    if (file < 0)
        return 0;
    ssize_t got = read(file, place, size - 1);
    close(file);
    place[got > 0 ? got : 0] = 0;
    return got > 0;
}

static int refused(int fd, off_t end)
{
    struct stat now;
    char place[PATH_MAX], link[64], path[PATH_MAX];
    if (fstat(fd, &now) || !S_ISREG(now.st_mode) || (end >= 0 && end <= now.st_size) || !full_at(place, sizeof place))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t got = readlink(link, path, sizeof path - 1);
    path[got > 0 ? got : 0] = 0;
    if (strncmp(path, place, strlen(place)))
        return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "write");
    off_t at = lseek(fd, 0, SEEK_CUR);
    return at >= 0 && refused(fd, at + (off_t)size) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "pwrite");
    return refused(fd, at + (off_t)size) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    static ssize_t (*real)(int, const struct iovec *, int, off_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "pwritev");
    off_t end = at;
    for (int part = 0; part < count; part++)
        end += (off_t)parts[part].iov_len;
    return refused(fd, end) ? -1 : real(fd, parts, count, at);
}

int posix_fallocate(int fd, off_t at, off_t size)
{
    static int (*real)(int, off_t, off_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "posix_fallocate");
    return refused(fd, at + size) ? ENOSPC : real(fd, at, size);
}
