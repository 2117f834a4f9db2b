/* System calls that fail on order, for files below watched folders; preloaded into a program under test.

   A program that runs with it counts its calls on those files, in all threads and libraries: Python's, SQLite's, Qt's.
   `failing_calls_arm` has the n-th of them fail. See failing_calls.py, which builds it and is its other half. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHANGES = 1, READS = 2, SYNCS = 4, WRITES = 8 };
enum { SHORT = -1, COPIES = -2 };

static char watched[4][PATH_MAX];
static int watched_count;
static char copies[PATH_MAX - 64];
static atomic_long seen, failed, fail_at, fail_times, copy_every;
static atomic_int fault, kinds;
static char failed_call[PATH_MAX + 32];
static pthread_mutex_t copying = PTHREAD_MUTEX_INITIALIZER;
extern char **environ;

void failing_calls_watch(const char *folder) {
    if (watched_count < 4) {
        snprintf(watched[watched_count], PATH_MAX, "%s", folder);
        watched_count++;
    }
}

void failing_calls_forget(void) { watched_count = 0; }

/* From now on call `number` of these kinds (from 1) and the next `times` - 1 end in `error`. */
void failing_calls_arm(long number, int error, long times, int of_kinds) {
    atomic_store(&seen, 0);
    atomic_store(&failed, 0);
    failed_call[0] = 0;
    atomic_store(&fault, error);
    atomic_store(&kinds, of_kinds);
    atomic_store(&fail_times, times);
    atomic_store(&fail_at, number);
}

/* From now on the watched folders are copied as they stand before every so many-th change: to folder/NUMBER. */
void failing_calls_copy(const char *folder, long first, long every_so_many) {
    snprintf(copies, sizeof copies, "%s", folder);
    atomic_store(&copy_every, every_so_many);
    failing_calls_arm(first, COPIES, 1 << 30, CHANGES | SYNCS);
}

void failing_calls_disarm(void) { atomic_store(&fail_at, 0); }
long failing_calls_seen(void) { return atomic_load(&seen); }
long failing_calls_failed(void) { return atomic_load(&failed); }
const char *failing_calls_name(void) { return failed_call; }

static int is_watched(const char *path, int handle) {
    char name[PATH_MAX], link[64];
    if (path == NULL) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
        long length = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
        if (length <= 0)
            return 0;
        name[length] = 0;
        path = name;
    }
    for (int i = 0; i < watched_count; i++)
        if (strncmp(path, watched[i], strlen(watched[i])) == 0)
            return 1;
    return 0;
}

static void copy_all(long number) {
    char to[PATH_MAX];
    snprintf(to, sizeof to, "%s/%ld", copies, number);
    syscall(SYS_mkdirat, AT_FDCWD, to, 0755);
    for (int i = 0; i < watched_count; i++) {
        char *words[] = {"cp", "-a", watched[i], to, NULL};
        pid_t child;
        int status;
        if (posix_spawn(&child, "/bin/cp", NULL, NULL, words, environ) == 0)
            while (waitpid(child, &status, 0) < 0 && errno == EINTR)
                ;
    }
}

/* 0 where the call is to be made; else the error it is to end in, or SHORT. */
static int ordered(int kind, const char *name, const char *path, int handle) {
    long at = atomic_load(&fail_at);
    if (at == 0 || !(kind & atomic_load(&kinds)) || !is_watched(path, handle))
        return 0;
    if (atomic_load(&fault) == COPIES) {
        int kept = errno;
        pthread_mutex_lock(&copying); /* no other thread goes on meanwhile */
        long number = atomic_fetch_add(&seen, 1) + 1;
        if (number >= at && (number - at) % atomic_load(&copy_every) == 0)
            copy_all(number);
        pthread_mutex_unlock(&copying);
        errno = kept;
        return 0;
    }
    long number = atomic_fetch_add(&seen, 1) + 1;
    if (number < at || number >= at + atomic_load(&fail_times))
        return 0;
    if (atomic_fetch_add(&failed, 1) == 0) {
        char at_path[PATH_MAX] = "", link[64];
        if (path == NULL) {
            snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
            long length = syscall(SYS_readlinkat, AT_FDCWD, link, at_path, sizeof at_path - 1);
            at_path[length > 0 ? length : 0] = 0;
            path = at_path;
        }
        const char *base = strrchr(path, '/');
        snprintf(failed_call, sizeof failed_call, "%s %s", name, base ? base + 1 : path);
    }
    return atomic_load(&fault);
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (real == NULL) \
        real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define ENDS(kind, path, handle, name) \
    do { \
        int error = ordered(kind, name, path, handle); \
        if (error > 0) { \
            errno = error; \
            return -1; \
        } \
    } while (0)

static int kind_of_open(int flags) { return (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT ? CHANGES : READS; }

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        REAL(name); \
        ENDS(kind_of_open(flags), path, -1, "open"); \
        return real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        REAL(name); \
        ENDS(kind_of_open(flags), path, -1, "openat"); \
        return real(folder, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int handle, const void *data, size_t size) {
    REAL(write);
    int error = ordered(CHANGES | WRITES, "write", NULL, handle);
    if (error > 0) {
        errno = error;
        return -1;
    }
    return real(handle, data, error == SHORT && size > 1 ? size / 2 : size);
}

#define WRITES_AT(name, offset_type) \
    ssize_t name(int handle, const void *data, size_t size, offset_type offset) { \
        REAL(name); \
        int error = ordered(CHANGES | WRITES, "pwrite", NULL, handle); \
        if (error > 0) { \
            errno = error; \
            return -1; \
        } \
        return real(handle, data, error == SHORT && size > 1 ? size / 2 : size, offset); \
    }
WRITES_AT(pwrite, off_t)
WRITES_AT(pwrite64, off64_t)

ssize_t read(int handle, void *data, size_t size) {
    REAL(read);
    ENDS(READS, NULL, handle, "read");
    return real(handle, data, size);
}

#define READS_AT(name, offset_type) \
    ssize_t name(int handle, void *data, size_t size, offset_type offset) { \
        REAL(name); \
        ENDS(READS, NULL, handle, "pread"); \
        return real(handle, data, size, offset); \
    }
READS_AT(pread, off_t)
READS_AT(pread64, off64_t)

#define SENDS(name, offset_type) \
    ssize_t name(int to, int from, offset_type *offset, size_t size) { \
        REAL(name); \
        ENDS(CHANGES, NULL, to, "sendfile"); \
        return real(to, from, offset, size); \
    }
SENDS(sendfile, off_t)
SENDS(sendfile64, off64_t)

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *to_at, size_t size, unsigned flags) {
    REAL(copy_file_range);
    ENDS(CHANGES, NULL, to, "copy_file_range");
    return real(from, at, to, to_at, size, flags);
}

#define ON_HANDLE(name, kind) \
    int name(int handle) { \
        REAL(name); \
        ENDS(kind, NULL, handle, #name); \
        return real(handle); \
    }
ON_HANDLE(fsync, SYNCS)
ON_HANDLE(fdatasync, SYNCS)

#define CUTS(name, offset_type) \
    int name(int handle, offset_type length) { \
        REAL(name); \
        ENDS(CHANGES, NULL, handle, "ftruncate"); \
        return real(handle, length); \
    }
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)

#define ON_PATH(name) \
    int name(const char *path) { \
        REAL(name); \
        ENDS(CHANGES, path, -1, #name); \
        return real(path); \
    }
ON_PATH(unlink)
ON_PATH(rmdir)

#define ON_TWO_PATHS(name) \
    int name(const char *from, const char *to) { \
        REAL(name); \
        ENDS(CHANGES, to, -1, #name); \
        return real(from, to); \
    }
ON_TWO_PATHS(rename)
ON_TWO_PATHS(link)

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    ENDS(CHANGES, path, -1, "mkdir");
    return real(path, mode);
}

int chmod(const char *path, mode_t mode) {
    REAL(chmod);
    ENDS(CHANGES, path, -1, "chmod");
    return real(path, mode);
}

#define MAPS(name, offset_type) \
    void *name(void *at, size_t size, int access, int flags, int handle, offset_type offset) { \
        REAL(name); \
        if (handle >= 0) { \
            int error = ordered(READS, "mmap", NULL, handle); \
            if (error > 0) { \
                errno = error; \
                return MAP_FAILED; \
            } \
        } \
        return real(at, size, access, flags, handle, offset); \
    }
MAPS(mmap, off_t)
MAPS(mmap64, off64_t)
