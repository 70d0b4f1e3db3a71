package dev.terrane.sim.check;

import static dev.terrane.sim.check.Story.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class EdnWriterTest {
  @Test
  void writesRegistersAsKnossosReadsThem() throws IOException {
    var story =
        new Story()
            .put(0, 1, "a")
            .unknown(2, 5, Story.put("b"))
            .swapped(3, 4, "a", "c")
            .notSwapped(6, 7, "x", "y", "c")
            .delete(8, 9)
            .getsNothing(10, 11)
            .failed(12, 13, Story.put("d"))
            .ok(14, 15, new RawCall.BatchDelete(List.of(bytes("k"))), RawResult.DONE)
            .get(16, 17, "b");
    assertThat(registers(story.history()))
        .isEqualTo(
            """
            {:process 0, :type :invoke, :f :write, :value ["k" "a"], :time 0, :index 0}
            {:process 0, :type :ok, :f :write, :value ["k" "a"], :time 1000000, :index 1}
            {:process 1, :type :invoke, :f :write, :value ["k" "b"], :time 2000000, :index 2}
            {:process 2, :type :invoke, :f :cas, :value ["k" ["a" "c"]], :time 3000000, :index 3}
            {:process 2, :type :ok, :f :cas, :value ["k" ["a" "c"]], :time 4000000, :index 4}
            {:process 1, :type :info, :f :write, :value ["k" "b"], :time 5000000, :index 5}
            {:process 3, :type :invoke, :f :cas, :value ["k" ["x" "y"]], :time 6000000, :index 6}
            {:process 3, :type :fail, :f :cas, :value ["k" ["x" "y"]], :time 7000000, :index 7}
            {:process 4, :type :invoke, :f :write, :value ["k" nil], :time 8000000, :index 8}
            {:process 4, :type :ok, :f :write, :value ["k" nil], :time 9000000, :index 9}
            {:process 5, :type :invoke, :f :read, :value ["k" nil], :time 10000000, :index 10}
            {:process 5, :type :ok, :f :read, :value ["k" nil], :time 11000000, :index 11}
            {:process 6, :type :invoke, :f :write, :value ["k" "d"], :time 12000000, :index 12}
            {:process 6, :type :fail, :f :write, :value ["k" "d"], :time 13000000, :index 13}
            {:process 8, :type :invoke, :f :read, :value ["k" nil], :time 16000000, :index 14}
            {:process 8, :type :ok, :f :read, :value ["k" "b"], :time 17000000, :index 15}
            """);
  }

  @Test
  void writesTransactionsAsElleReadsThem() throws IOException {
    var story =
        new ListStory()
            .ok(0, 3, "a x 1", "r x 1")
            .failed(1, 2, "a y 2")
            .unknown(4, 5, "r x", "a y 3");
    var out = new StringBuilder();
    EdnWriter.transactions(story.history(), out);
    assertThat(out)
        .hasToString(
            """
            {:process 0, :type :invoke, :f :txn, :value [[:append "x" 1] [:r "x" nil]], :time 0, :index 0}
            {:process 1, :type :invoke, :f :txn, :value [[:append "y" 2]], :time 1, :index 1}
            {:process 1, :type :fail, :f :txn, :value [[:append "y" 2]], :time 2, :index 2}
            {:process 0, :type :ok, :f :txn, :value [[:append "x" 1] [:r "x" [1]]], :time 3, :index 3}
            {:process 2, :type :invoke, :f :txn, :value [[:r "x" nil] [:append "y" 3]], :time 4, :index 4}
            {:process 2, :type :info, :f :txn, :value [[:r "x" nil] [:append "y" 3]], :time 5, :index 5}
            """);
  }

  @Test
  void aProcessIsAnotherOneAfterAnUnknownOutcome() throws IOException {
    var recorder = new HistoryRecorder<RawCall, RawResult>(3);
    for (int i = 0; i < 2; i++) {
      int put = recorder.invoke(7, 0, Story.put("v" + i));
      recorder.complete(put, 0, new Outcome.Unknown<>("deadline"));
    }
    recorder.invoke(7, 0, Story.put("open"));
    assertThat(registers(recorder.history()).lines().map(line -> line.substring(0, 32)))
        .containsExactly(
            "{:process 7, :type :invoke, :f :",
            "{:process 7, :type :info, :f :wr",
            "{:process 8, :type :invoke, :f :",
            "{:process 8, :type :info, :f :wr",
            "{:process 9, :type :invoke, :f :");
  }

  @Test
  void quotesWhatIsNotPlain() throws IOException {
    var recorder = new HistoryRecorder<RawCall, RawResult>(1);
    recorder.invoke(0, 0, new RawCall.Put(bytes("a\"b\\c"), Bytes.of(0, 255)));
    assertThat(registers(recorder.history()))
        .contains(":value [\"a\\\"b\\\\\\\\c\" \"\\\\x00\\\\xff\"]");
  }

  @Test
  void isTheSameEachTimeAndItsParenthesesMatch() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      String first = registers(generate(seed));
      assertThat(registers(generate(seed))).isEqualTo(first);
      assertThat(first.lines()).hasSizeGreaterThan(300).allMatch(EdnWriterTest::isBalanced);
    }
    assertThat(isBalanced("{:value [\"]\" nil}")).isFalse();
  }

  private static History<RawCall, RawResult> generate(int seed) {
    return new RegisterHistories(5, 200, 3, 0, 0.2, 0.1)
        .generate(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
  }

  private static String registers(History<RawCall, RawResult> history) throws IOException {
    var out = new StringBuilder();
    EdnWriter.registers(history, out);
    return out.toString();
  }

  private static boolean isBalanced(String line) {
    var open = new ArrayDeque<Character>();
    boolean isText = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (isText) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          isText = false;
        }
        continue;
      }
      switch (c) {
        case '"' -> isText = true;
        case '{' -> open.push('}');
        case '[' -> open.push(']');
        case '}', ']' -> {
          if (open.isEmpty() || open.pop() != c) {
            return false;
          }
        }
        default -> {}
      }
    }
    return open.isEmpty() && !isText;
  }
}
