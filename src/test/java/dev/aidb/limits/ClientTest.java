package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientTest {
  @ParameterizedTest
  @CsvSource({
    "198.51.100.1, 198.51.100.1",
    "::ffff:198.51.100.1, 198.51.100.1",
    "2001:db8:1:2:3::9, 2001:db8:1:2::/64",
    "2001:db8:1:2::, 2001:db8:1:2::/64",
    "fe80:0:0:0:1:2:3:4%eth0, fe80:0:0:0::/64",
    "0:0:0:0:0:0:0:1, 0:0:0:0::/64",
    "elsewhere, elsewhere",
  })
  void anAddressStandsForEverybodyBehindIt(String address, String client) {
    assertThat(Client.address(address).name()).isEqualTo("address:" + client);
    assertThat(Client.address(address).known()).isFalse();
  }
}
