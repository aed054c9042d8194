import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EINVAL } from '../../../src/abi/errno.js';
import { describeOptions, parseOptions, USUAL_OPTIONS } from '../../../src/fs/devpts/options.js';

const shown = (data: string): string | number => {
  const options = parseOptions(data);
  return typeof options === 'number' ? options : describeOptions(options);
};

test('options of devpts as they are given and shown', () => {
  assert.equal(describeOptions(USUAL_OPTIONS), 'gid=5,mode=620,ptmxmode=666');
  assert.equal(shown(''), 'mode=600,ptmxmode=000');
  assert.equal(shown('newinstance,ptmxmode=0666,mode=0620,gid=5'), 'gid=5,mode=620,ptmxmode=666');
  assert.equal(shown('uid=7,max=10'), 'uid=7,mode=600,ptmxmode=000,max=10');
});

test('wrong options', () => {
  for (const data of ['mode=9', 'uid=-1', 'max=9999999', 'foo', 'gid', 'ptmxmode=', 'uid=4294967295'])
    assert.equal(parseOptions(data), -EINVAL, data);
});
