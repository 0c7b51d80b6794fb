/*
 * A network cable in user space: carries Ethernet frames between a TAP device in one network namespace and one in
 * another, each direction at a rate and with a delay. For machines whose kernel has no netem. Needs root.
 *
 *   cable NAMESPACE_A DEVICE_A NAMESPACE_B DEVICE_B MBIT DELAY_MS
 *
 * Frames may hold up to 64 KiB (segmentation offload); each is charged what its segments of 1,448 bytes would take on a
 * real line, with headers, preambles and gaps. What would wait for more than 50 ms is dropped, as by a switch.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { SEGMENT = 1448, HEADERS = 66, AROUND = 24, LARGEST = 70000 };
static const long long SECOND = 1000000000LL, LONGEST_QUEUE = 50000000LL;

typedef struct frame {
  struct frame *next;
  long long due; /* when the other end has it, in ns */
  int length;
  char bytes[];
} frame;

typedef struct {
  int in, out;
  frame *first, *last;
  long long free_at; /* when the line has sent what was queued before */
} direction;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * SECOND + t.tv_nsec;
}

static int open_device(const char *namespace, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int space = open(path, O_RDONLY);
  if (space < 0 || setns(space, CLONE_NEWNET)) fail(path);
  close(space);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (device < 0) fail("/dev/net/tun");
  struct ifreq request = {0};
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(device, TUNSETIFF, &request)) fail("TUNSETIFF");
  if (ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4)) fail("TUNSETOFFLOAD");
  return device;
}

/* Bytes that a frame would take on a real line. */
static long on_the_line(int length) {
  long segments = (length + SEGMENT - 1) / SEGMENT;
  return length + (segments - 1) * HEADERS + segments * AROUND;
}

static void take(direction *d, double ns_per_byte, long long delay) {
  static char buffer[LARGEST];
  int length;
  while ((length = read(d->in, buffer, sizeof buffer)) > 0) {
    long long t = now();
    if (d->free_at < t) d->free_at = t;
    if (d->free_at - t > LONGEST_QUEUE) continue;
    d->free_at += (long long)(on_the_line(length) * ns_per_byte);
    frame *f = malloc(sizeof *f + length);
    if (!f) fail("malloc");
    *f = (frame){.due = d->free_at + delay, .length = length};
    memcpy(f->bytes, buffer, length);
    if (d->last) d->last->next = f;
    else d->first = f;
    d->last = f;
  }
}

/* Delivers what is due; returns when the next frame will be, or -1. */
static long long deliver(direction *d) {
  frame *f;
  while ((f = d->first) && f->due <= now()) {
    if (write(d->out, f->bytes, f->length) < 0) {
      /* The receiver's queue is full, or its end is down: the frame is lost. */
    }
    if (!(d->first = f->next)) d->last = NULL;
    free(f);
  }
  return d->first ? d->first->due : -1;
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "usage: cable NAMESPACE_A DEVICE_A NAMESPACE_B DEVICE_B MBIT DELAY_MS\n");
    return 2;
  }
  int a = open_device(arguments[1], arguments[2]), b = open_device(arguments[3], arguments[4]);
  double ns_per_byte = 8000 / atof(arguments[5]);
  long long delay = (long long)(atof(arguments[6]) * 1e6);
  direction there = {.in = a, .out = b}, back = {.in = b, .out = a};
  prctl(PR_SET_TIMERSLACK, 1000);
  puts("ready");
  fflush(stdout);
  for (;;) {
    long long first = deliver(&there), second = deliver(&back);
    long long next = first < 0 || (second >= 0 && second < first) ? second : first;
    long long wait = next < 0 ? 0 : next - now();
    if (wait < 0) wait = 0;
    struct timespec time = {wait / SECOND, wait % SECOND};
    struct pollfd ends[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    if (ppoll(ends, 2, next < 0 ? NULL : &time, NULL) < 0) fail("ppoll");
    take(&there, ns_per_byte, delay);
    take(&back, ns_per_byte, delay);
  }
}
