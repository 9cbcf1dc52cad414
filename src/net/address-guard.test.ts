import { describe, expect, it } from 'vitest';
import { checkPublicAddress } from './address-guard.ts';

const refused = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::808:808',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:2::1',
  '2001:10::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '4000::1',
];
const allowed = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '192.0.1.1',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.1',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
];

describe('checkPublicAddress', () => {
  it.each(refused)('refuses %s', (address) => {
    expect(checkPublicAddress(address)).toMatchObject({ ok: false });
  });

  it.each(allowed)('lets %s pass', (address) => {
    expect(checkPublicAddress(address)).toEqual({ ok: true });
  });

  it.each(['', 'localhost', '127.1', '0x7f.1', '2130706433', '127.0.0.1 ', '1.1.1.1%eth0', '[::1]'])(
    'refuses %j, which is not an address as a resolver gives it',
    (text) => {
      expect(checkPublicAddress(text)).toMatchObject({ ok: false });
    },
  );

  it('names the rule', () => {
    expect(checkPublicAddress('169.254.169.254')).toEqual({ ok: false, rule: 'cloud metadata, 169.254.169.254/32' });
    expect(checkPublicAddress('fd12::1')).toEqual({ ok: false, rule: 'unique local, fc00::/7' });
    expect(checkPublicAddress('4000::1')).toEqual({ ok: false, rule: 'outside global unicast, 2000::/3' });
  });
});
