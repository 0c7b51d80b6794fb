package io.cordee.server.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two threads post, and what that causes, in every order. */
@Timeout(120)
class MailboxInterleavingTest {

  @Test
  void everyEventAndEveryTaskRunsOnce() {
    int ways = Lockstep.explore(Lockstep.ANY, Posts::new);
    assertTrue(ways > 1000, ways + " ways");
  }

  /** Events: one posts another, and delays a task that posts one more. */
  private static final class Posts implements Lockstep.Scenario {

    private final Lockstep lockstep;
    private final StepwiseMailbox mailbox;
    private final List<String> happened = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();

    Posts(Lockstep lockstep) {
      this.lockstep = lockstep;
      this.mailbox = new StepwiseMailbox(lockstep, happened::add);
    }

    @Override
    public List<Runnable> threads() {
      return List.of(
          () -> {
            mailbox.post(
                () -> {
                  run("a1");
                  mailbox.afterwards(
                      () -> {
                        run("task of a1");
                        mailbox.post(() -> run("a1 at last"));
                      });
                  mailbox.post(() -> run("a1 and then"));
                });
            mailbox.post(() -> run("a2"));
          },
          () -> {
            mailbox.post(
                () -> {
                  run("b1");
                  mailbox.afterwards(() -> run("task of b1"));
                });
            mailbox.post(() -> run("b2"));
          });
    }

    private void run(String what) {
      mailbox.requireFree();
      ran.add(what);
      happened.add(what);
      lockstep.pause(what);
    }

    @Override
    public String state() {
      return happened + " " + mailbox.waiting();
    }

    @Override
    public void check() {
      assertEquals(
          List.of("a1", "a1 and then", "a1 at last", "a2", "b1", "b2", "task of a1", "task of b1"),
          ran.stream().sorted().toList());
      for (List<String> order :
          List.of(
              List.of("a1", "a1 and then"),
              List.of("a1", "a2"),
              List.of("a1", "task of a1", "a1 at last"),
              List.of("b1", "b2"),
              List.of("b1", "task of b1"))) {
        assertEquals(order, ran.stream().filter(order::contains).toList());
      }
      List<String> more = new ArrayList<>();
      mailbox.post(() -> more.add("it is free"));
      assertEquals(List.of("it is free"), more);
    }
  }
}
