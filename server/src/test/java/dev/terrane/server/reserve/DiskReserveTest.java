package dev.terrane.server.reserve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskReserveTest {
  private static final long WANTED = 3L * DiskReserve.STEP_BYTES - 1000;

  @TempDir Path directory;

  /** Of a disk of which everybody else leaves so much. */
  private long leftByOthers = 4 * DiskReserve.LEFT_BYTES;

  private DiskReserve reserve(long wanted) {
    return new DiskReserve(directory, wanted, () -> leftByOthers - size());
  }

  private long size() throws IOException {
    Path file = directory.resolve(DiskReserve.NAME);
    return Files.exists(file) ? Files.size(file) : 0;
  }

  @Test
  void growsByStepsToWhatIsWanted() throws IOException {
    DiskReserve reserve = reserve(WANTED);
    assertThat(reserve.step()).isTrue();
    assertThat(size()).isEqualTo(DiskReserve.STEP_BYTES);
    assertThat(reserve.step()).isTrue();
    assertThat(reserve.step()).isFalse();
    assertThat(size()).isEqualTo(WANTED);
    assertThat(reserve.step()).isFalse();
    assertThat(size()).isEqualTo(WANTED);
  }

  @Test
  void isGivenToAStartThatFindsTooLittleRoomAndMadeAgainWhenThereIsEnough() throws IOException {
    DiskReserve before = reserve(WANTED);
    while (before.step()) {}
    leftByOthers = WANTED; // the file is all that is left

    DiskReserve reserve = reserve(WANTED);
    reserve.makeRoom();
    assertThat(size()).isZero();
    assertThat(reserve.step()).isFalse();
    assertThat(size()).as("the room that a start has just been given").isZero();

    leftByOthers = WANTED + DiskReserve.LEFT_BYTES - 1;
    assertThat(reserve.step()).isFalse();
    assertThat(size()).as("the room that clients' writes need").isZero();
    leftByOthers++;
    while (reserve.step()) {}
    assertThat(size()).isEqualTo(WANTED);
  }

  @Test
  void staysWhereAStartFindsRoom() throws IOException {
    DiskReserve before = reserve(WANTED);
    while (before.step()) {}
    reserve(WANTED).makeRoom();
    assertThat(size()).isEqualTo(WANTED);
  }

  @Test
  void ofAPartTheRestIsMade() throws IOException {
    DiskReserve killed = reserve(WANTED);
    assertThat(killed.step()).isTrue();
    DiskReserve next = reserve(WANTED);
    while (next.step()) {}
    assertThat(size()).isEqualTo(WANTED);
  }

  @Test
  void goesWhereItIsNotWantedAnyMore() throws IOException {
    DiskReserve before = reserve(WANTED);
    while (before.step()) {}
    DiskReserve none = reserve(0);
    none.makeRoom();
    while (none.step()) {}
    assertThat(Files.exists(directory.resolve(DiskReserve.NAME))).isFalse();
  }

  @Test
  void doesNothingOnceItIsClosed() throws IOException {
    DiskReserve reserve = reserve(WANTED);
    reserve.close();
    assertThat(reserve.step()).isFalse();
    assertThat(size()).isZero();
  }
}
