{
  'targets': [
    {
      'target_name': 'tvisor',
      'sources': ['<!@(node scripts/sources.mjs addon)'],
      'include_dirs': ['<!@(node -p "require(\'node-addon-api\').include_dir")', 'addon'],
      'defines': ['NAPI_VERSION=9', 'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', '_GNU_SOURCE'],
      'cflags!': ['-fno-omit-frame-pointer', '-O3'],
      'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-O3'],
      'cflags_cc': [
        '-std=c++20', '-O2', '-Wall', '-Wextra', '-Wno-cast-function-type', '-fno-exceptions', '-fvisibility=hidden',
        '<!@(node scripts/sources.mjs strictness)', '-Wno-error=unused-function', '-Wno-error=unused-variable',
        '-Wno-error=unused-parameter', '-Wno-error=unused-const-variable',
      ],
    },
  ],
  'conditions': [
    # The loader: a static position-independent program without an interpreter and without a C library, which execve()
    # of the guest is turned into. Integer registers only, so that it never disturbs the state it hands over.
    ['"<!(node scripts/sources.mjs has-guest)"=="yes"', {
      'targets': [
        {
          'target_name': 'loader',
          'type': 'none',
          'actions': [
            {
              'action_name': 'build_loader',
              'inputs': ['<!@(node scripts/sources.mjs guest-inputs)'],
              'outputs': ['<(PRODUCT_DIR)/loader'],
              'message': 'Linking the loader',
              'action': [
                'gcc', '-std=gnu11', '-Os', '-Wall', '-Wextra', '<!@(node scripts/sources.mjs strictness)',
                '-nostdlib', '-ffreestanding', '-fPIE', '-static-pie', '-fvisibility=hidden', '-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables',
                '-mgeneral-regs-only', '-Wl,-z,norelro', '-Wl,-z,noexecstack', '-Wl,--build-id=none', '-Wl,--gc-sections',
                '-s', '-o', '<@(_outputs)', '<!@(node scripts/sources.mjs guest)',
              ],
            },
          ],
        },
      ],
    }],
    # The stub: a static program without a C library, of which there is one for each process that engines wait for.
    ['"<!(node scripts/sources.mjs has-stub)"=="yes"', {
      'targets': [
        {
          'target_name': 'stub',
          'type': 'none',
          'actions': [
            {
              'action_name': 'build_stub',
              'inputs': ['<!@(node scripts/sources.mjs stub-inputs)'],
              'outputs': ['<(PRODUCT_DIR)/stub'],
              'message': 'Linking the stub',
              'action': [
                'gcc', '-std=gnu11', '-Os', '-Wall', '-Wextra', '<!@(node scripts/sources.mjs strictness)',
                '-nostdlib', '-ffreestanding', '-fno-pie', '-no-pie', '-static', '-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables',
                '-mgeneral-regs-only', '-Wl,-z,norelro', '-Wl,-z,noexecstack', '-Wl,--build-id=none', '-Wl,--gc-sections',
                '-s', '-o', '<@(_outputs)', '<!@(node scripts/sources.mjs stub)',
              ],
            },
          ],
        },
      ],
    }],
  ],
}
