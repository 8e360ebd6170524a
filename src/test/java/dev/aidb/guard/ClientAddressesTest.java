package dev.aidb.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressesTest {
  private final ClientAddresses addresses =
      new ClientAddresses(
          Stream.of("10.0.0.0/8", "192.0.2.7", "fd00::/16").map(Network::parse).toList());

  private String client(String peer, String... forwarded) {
    return addresses.of(peer, () -> Arrays.asList(forwarded));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // who isn't a proxy may write what it likes
        "203.0.113.5 | 198.51.100.1 | 203.0.113.5",
        "10.1.2.3 | - | 10.1.2.3",
        "10.1.2.3 | 198.51.100.1 | 198.51.100.1",
        "10.1.2.3 | 1.1.1.1, 198.51.100.1 | 198.51.100.1",
        "10.1.2.3 | 1.1.1.1, 198.51.100.1, 192.0.2.7 | 198.51.100.1",
        "10.1.2.3 | 10.9.9.9, 10.8.8.8 | 10.9.9.9",
        // what the client wrote can't do harm
        "10.1.2.3 | nonsense, 198.51.100.1 | 198.51.100.1",
        "10.1.2.3 | 198.51.100.1, nonsense | 10.1.2.3",
        "10.1.2.3 | 198.51.100.1, | 10.1.2.3",
        "10.1.2.3 | 198.51.100.1:4711 | 198.51.100.1",
        "10.1.2.3 | [2001:db8:1:2:3::9]:443 | 2001:db8:1:2:3:0:0:9",
        "10.1.2.3 | 2001:db8:1:2:3::9 | 2001:db8:1:2:3:0:0:9",
        "10.1.2.3 | ::ffff:198.51.100.1 | 198.51.100.1",
        "::ffff:10.1.2.3 | 198.51.100.1 | 198.51.100.1",
        "fd00::1 | 198.51.100.1 | 198.51.100.1",
        "fd01::1 | 198.51.100.1 | fd01::1",
        "fe80:0:0:0:1:2:3:4%eth0 | - | fe80:0:0:0:1:2:3:4%eth0",
        "0:0:0:0:0:0:0:1 | - | 0:0:0:0:0:0:0:1",
        "10.1.2.3 | 010.0.0.1 | 10.1.2.3",
        "10.1.2.3 | 127.1 | 10.1.2.3",
        "10.1.2.3 | localhost | 10.1.2.3",
      })
  void readsFromTheRightUntilSomebodyIsNotTrusted(String peer, String forwarded, String client) {
    String[] lines = forwarded == null ? new String[0] : new String[] {forwarded};
    assertThat(client(peer, lines)).isEqualTo(client);
  }

  @Test
  void severalLinesAreOneList() {
    assertThat(client("10.1.2.3", "1.1.1.1", "198.51.100.1, 10.2.2.2")).isEqualTo("198.51.100.1");
    assertThat(client("10.1.2.3", "1.1.1.1", "10.2.2.2")).isEqualTo("1.1.1.1");
  }

  @Property(tries = 2_000)
  void nothingThatAClientWritesMattersLeftOfItsAddress(@ForAll String written) {
    assertThat(client("10.1.2.3", written + ",198.51.100.1")).isEqualTo("198.51.100.1");
    assertThat(client("203.0.113.5", written)).isEqualTo("203.0.113.5");
    assertThat(client("10.1.2.3", written)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.256", "a.b.c.d", "::g"})
  void refusesWhatIsNoNetwork(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Network.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.0.0.0/9, 10.128.0.0, false",
    "0.0.0.0/0, 203.0.113.5, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
  })
  void aNetworkHoldsItsAddresses(String network, String address, boolean holds) {
    assertThat(Network.parse(network).contains(Addresses.parse(address).orElseThrow()))
        .isEqualTo(holds);
  }
}
