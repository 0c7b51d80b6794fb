package io.cordee.cli.commandline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class AtExitTest {

  private final AtExit.Tasks tasks = new AtExit.Tasks();
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void aTaskThatComesWhileTheProcessEndsIsDoneToo() throws InterruptedException {
    tasks.add(
        () -> {
          tasks.add(() -> done.add("late"));
          done.add("early");
        });
    tasks.doAll();

    assertEquals(List.of("early", "late"), done.stream().sorted().toList());
  }

  @Test
  void whatIsForgottenIsNotDone() throws InterruptedException {
    tasks.add(() -> done.add("forgotten"));
    tasks.forget();
    tasks.add(() -> done.add("kept"));
    tasks.doAll();

    assertEquals(List.of("kept"), done);
  }
}
