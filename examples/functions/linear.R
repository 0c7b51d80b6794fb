# A linear model as a gradient function of Cordee, as linear.c is; by the standard streams, which socat connects:
#   cordee worker --function 'socat UNIX-CONNECT:$CORDEE_FUNCTION EXEC:"Rscript linear.R"' ...
input <- file("stdin", "rb")
output <- pipe("cat", "wb")
HELLO <- 1L; OPEN <- 2L; READY <- 3L; COMPUTE <- 4L; DONE <- 6L; FAILED <- 8L

ints <- function(from, n, size) readBin(from, "integer", n, size, endian = "little")
answer <- function(kind, body) {
  writeBin(c(length(body), kind), output, 4L, endian = "little")
  writeBin(body, output)
  flush(output)
}
longs <- function(...) writeBin(as.integer(c(...)), raw(), 8L, endian = "little")
floats <- function(connection, at, n) {
  seek(connection, at)
  readBin(connection, "numeric", n, 4L, endian = "little")
}

answer(HELLO, longs(1, -1, -1, -1))  # the protocol; no rows of its own
repeat {
  header <- ints(input, 2L, 4L)
  if (length(header) < 2) quit("no")  # the worker has ended
  body <- readBin(input, "raw", header[1])
  if (header[2] == OPEN) {
    opened <- ints(body, 3L, 8L)
    count <- opened[1]
    inputs <- opened[2]
    files <- strsplit(rawToChar(body[-(1:32)]), "\n")[[1]]
    if (count != inputs + 1 || opened[3] != 1) {
      answer(FAILED, charToRaw("expected a model of one output, with a weight for each input and a bias"))
    } else {
      answer(READY, raw())
    }
    next
  }
  field <- ints(body, 10L, 8L)
  rows <- field[5]
  parameters <- file(files[1], "rb")
  w <- floats(parameters, field[3], count)
  close(parameters)
  memory <- file(files[2], "r+b")
  x <- matrix(floats(memory, field[7], rows * inputs), rows, byrow = TRUE)
  y <- floats(memory, field[8], rows)
  z <- rep(w[count], rows)
  for (i in seq_len(inputs)) z <- z + w[i] * x[, i]
  error <- z - y
  loss <- 0
  sums <- rep(0, count)
  for (row in seq_len(rows)) {
    loss <- loss + error[row] * error[row] / 2
    sums <- sums + error[row] * c(x[row, ], 1)
  }
  result <- if (header[2] == COMPUTE) sums else z
  seek(memory, if (header[2] == COMPUTE) 0 else field[9], rw = "write")
  writeBin(result, memory, 4L, endian = "little")
  close(memory)
  answer(DONE, c(longs(field[1], rows), writeBin(loss, raw(), 8L, endian = "little"), longs(-1, -1)))
}
