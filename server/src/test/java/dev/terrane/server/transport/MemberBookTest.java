package dev.terrane.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.proto.terranepd.Member;
import dev.terrane.server.net.HostPort;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberBookTest {
  private static final Member SELF = member(1, 3, "http://a:1");

  private final MemberBook book = new MemberBook(SELF);

  private static Member member(long id, long starts, String url) {
    return Member.newBuilder().setId(id).setStarts(starts).addPeerUrls(url).build();
  }

  private static final HostPort ELSEWHERE = new HostPort("b", 2);

  @Test
  void theLaterStartCountsOfAMemberThatWasMet() {
    book.membersAre(List.of(member(1, 2, "http://old:1"), member(2, 5, "http://b:1")));
    assertThat(book.met(ELSEWHERE, member(2, 6, "http://b:2"))).containsExactly(2L);
    assertThat(book.address(2)).isEqualTo(ELSEWHERE);

    assertThat(book.met(new HostPort("b", 1), member(2, 5, "http://b:1"))).as("old").isEmpty();
    assertThat(book.membersAre(List.of(SELF, member(2, 5, "http://b:1")))).isEmpty();
    assertThat(book.address(2)).isEqualTo(ELSEWHERE);

    assertThat(book.membersAre(List.of(SELF, member(2, 7, "http://b:3")))).containsExactly(2L);
    assertThat(book.all()).containsExactly(SELF, member(2, 7, "http://b:3"));
  }

  @Test
  void whatIsToldIsAHintThatMovesNobody() {
    book.membersAre(List.of(SELF, member(2, 5, "http://b:1")));

    Member told = member(2, 1L << 50, "http://nowhere:1");
    assertThat(book.hints(List.of(told))).containsExactly(told);

    assertThat(book.address(2)).isEqualTo(new HostPort("b", 1));
    assertThat(book.hints(List.of(member(2, 4, "http://b:0")))).as("old news").isEmpty();
    assertThat(book.hints(List.of(member(2, 9, "http://b:1")))).as("no news").isEmpty();
    assertThat(book.met(ELSEWHERE, told)).as("it says that it is elsewhere").isEmpty();
  }

  @Test
  void onlyMembersOfTheStateAreListenedTo() {
    book.membersAre(List.of(SELF, member(2, 1, "http://b:1")));
    assertThat(book.hints(List.of(member(9, 1, "http://stranger:1")))).isEmpty();
    assertThat(book.met(new HostPort("stranger", 1), member(9, 1, "http://stranger:1"))).isEmpty();
    assertThat(book.all()).doesNotContain(member(9, 1, "http://stranger:1"));

    book.membersAre(List.of(SELF));
    assertThat(book.met(ELSEWHERE, member(2, 2, "http://b:2"))).as("removed").isEmpty();
    assertThat(book.address(2)).isNull();
  }

  @Test
  void nobodyTellsThisMemberWhereItIs() {
    book.membersAre(List.of(member(1, 9, "http://elsewhere:1")));
    assertThat(book.hints(List.of(member(1, 10, "http://elsewhere:2")))).isEmpty();
    assertThat(book.all()).containsExactly(SELF);
  }
}
