import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

describe('the address that a client is counted by', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1::2:3:4:5', '2001:db8:1:0::/64'],
    ['[2001:db8:1:2::3]:443', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::3]', '2001:db8:1:2::/64'],
    ['64:ff9b:1:2::203.0.113.7', '64:ff9b:1:2::/64'],
    ['1:2:3::5:6:203.0.113.7', '1:2:3:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
  ])('%s is %s', (text, expected) => {
    expect(clientAddress(['10.0.0.1', text])).toBe(expected);
  });

  it.each(['', 'unknown', '_hidden', '1.2.3', '1.2.3.4.5', '999.1.1.1', 'a b', '2001:db8::1::2', '{}', '1.2.3.4:port', '[203.0.113.7', '1'.repeat(10_000)])(
    'never is what is no address: %.20s',
    (text) => expect(clientAddress(['10.0.0.1', text])).toBe('10.0.0.1'),
  );

  it('is the same for a socket that is gone', () => {
    expect(clientAddress([undefined])).toBe('unknown');
    expect(clientAddress([])).toBe('unknown');
  });
});
