module program {
  requires io.cordee;
}
