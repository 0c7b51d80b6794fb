// A linear model as a gradient function of Cordee: cc -O2 -ffp-contract=off -o linear linear.c; cordee worker --function ./linear ...
// Sums are added row by row in double precision, so that the other languages of this folder give the same bits.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { HELLO = 1, OPEN, READY, COMPUTE, MEASURE, DONE, CHECKSUM, FAILED };

static int connection;

static void require(int isFine, const char *what) {
  if (!isFine) {
    perror(what);
    exit(1);
  }
}

static void receive(void *to, size_t size) {
  for (char *at = to; size > 0;) {
    ssize_t count = read(connection, at, size);
    if (count <= 0) exit(0);  // the worker has ended
    at += count, size -= count;
  }
}

static void answer(uint32_t kind, const void *body, uint32_t size) {
  uint32_t header[] = {size, kind};
  require(write(connection, header, sizeof header) == sizeof header && write(connection, body, size) == size, "write");
}

// A file that the worker shares, mapped again if it has grown, or is another one: then its size here is 0.
struct shared { char path[4096], *at; int64_t size, mapped; };

static char *mapped(struct shared *file, int64_t size, int protection) {
  if (size > file->size) {
    int opened = open(file->path, protection & PROT_WRITE ? O_RDWR : O_RDONLY);
    require(opened >= 0, file->path);
    if (file->at) munmap(file->at, file->mapped);
    file->at = mmap(NULL, size, protection, MAP_SHARED, opened, 0);
    require(file->at != MAP_FAILED, "mmap");
    file->size = file->mapped = size;
    close(opened);
  }
  return file->at;
}

int main(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, getenv("CORDEE_FUNCTION"), sizeof address.sun_path - 1);
  connection = socket(AF_UNIX, SOCK_STREAM, 0);
  require(connect(connection, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  int64_t hello[] = {1, -1, -1, -1};  // the protocol; no rows of its own
  answer(HELLO, hello, sizeof hello);
  struct shared parameters = {.at = NULL}, memory = {.at = NULL};
  int64_t count = 0, inputs = 0, outputs = 0;
  for (;;) {
    uint32_t header[2];
    receive(header, sizeof header);
    char *body = calloc(1, header[0] + 1);
    receive(body, header[0]);
    int64_t *field = (int64_t *)body;
    if (header[1] == OPEN) {
      count = field[0], inputs = field[1], outputs = field[2];
      if (count != inputs + 1 || outputs != 1) {
        const char *why = "expected a model of one output, with a weight for each input and a bias";
        answer(FAILED, why, strlen(why));
      } else {
        require(sscanf(body + 32, "%4095[^\n]\n%4095[^\n]", parameters.path, memory.path) == 2, "open");
        parameters.size = memory.size = 0;
        answer(READY, NULL, 0);
      }
    } else {
      char *shared = mapped(&memory, field[3], PROT_READ | PROT_WRITE);
      const float *w = (const float *)(mapped(&parameters, field[1], PROT_READ) + field[2]);
      int64_t rows = field[4];
      const float *x = (const float *)(shared + field[6]), *y = (const float *)(shared + field[7]);
      float *gradient = (float *)shared, *predicted = (float *)(shared + field[8]);
      double *sums = calloc(count, sizeof *sums), loss = 0;
      for (int64_t row = 0; row < rows; row++) {
        double z = w[inputs];
        for (int64_t i = 0; i < inputs; i++) z += (double)w[i] * x[row * inputs + i];
        double error = z - y[row];
        loss += error * error / 2;
        for (int64_t i = 0; i < inputs; i++) sums[i] += error * x[row * inputs + i];
        sums[inputs] += error;
        if (header[1] != COMPUTE) predicted[row] = z;
      }
      for (int64_t i = 0; header[1] == COMPUTE && i < count; i++) gradient[i] = sums[i];
      int64_t done[] = {field[0], rows, 0, -1, -1};  // the call; nothing is counted
      memcpy(done + 2, &loss, sizeof loss);
      answer(DONE, done, sizeof done);
      free(sums);
    }
    free(body);
  }
}
