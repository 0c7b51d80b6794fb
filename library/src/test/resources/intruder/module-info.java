module intruder {
  requires io.cordee;
}
