/*
 * Writes what does not fit into the caches past them: then it need not be read before it is written.
 * By whole lines of the cache; what lies before the first and behind the last, as usual.
 */
typedef int64_t past_line __attribute__((vector_size(64)));

/* How many of some bytes lie before the first whole line. */
static inline ptrdiff_t past_head(const void *to, ptrdiff_t bytes) {
    const ptrdiff_t head = (ptrdiff_t)(-(uintptr_t)to & 63);
    return head < bytes ? head : bytes;
}

static void copy_past_caches(void *to, const void *from, ptrdiff_t bytes) {
    char *target = to;
    const char *source = from;
    ptrdiff_t done = past_head(to, bytes);
    memcpy(target, source, (size_t)done);
    for (; done + 64 <= bytes; done += 64) {
        past_line x;
        memcpy(&x, source + done, sizeof x);
        __builtin_nontemporal_store(x, (past_line *)(void *)(target + done));
    }
    memcpy(target + done, source + done, (size_t)(bytes - done));
    _mm_sfence();
}

static void count_past_caches(size_t *to, size_t first, ptrdiff_t count) {
    ptrdiff_t done = past_head(to, count * 8) / 8;
    for (ptrdiff_t i = 0; i < done; i++) {
        to[i] = first + (size_t)i;
    }
    past_line x;
    for (int lane = 0; lane < 8; lane++) {
        x[lane] = (int64_t)first + done + lane;
    }
    for (; done + 8 <= count; done += 8, x += 8) {
        __builtin_nontemporal_store(x, (past_line *)(void *)(to + done));
    }
    for (; done < count; done++) {
        to[done] = first + (size_t)done;
    }
    _mm_sfence();
}
