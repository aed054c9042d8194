// Tests that end in every way a test can. What the process itself does depends on the name under which it is started.
#include <gtest/gtest.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

static std::string role;

TEST(Plain, Passes) {}
TEST(Plain, FailsAndSaysWhy) {
  EXPECT_EQ(1, 2) << "one is not two";
}
TEST(Plain, DISABLED_NotYet) {
  FAIL();
}
TEST(Plain, Skips) {
  GTEST_SKIP() << "nothing to try here";
}

TEST(Noise, HalfLineBeforeTheEnd) {
  printf("no newline");
  fflush(stdout);
}
TEST(Noise, SaysThatOthersFailed) {
  printf("[  FAILED  ] Plain.Passes (3 ms)\n[ RUN      ] Nobody.Knows\n");
}
TEST(Noise, Bytes) {
  printf("\xff\xfe\n%s\n", std::string(100000, 'x').c_str());
}

class Numbers : public testing::TestWithParam<int> {};
TEST_P(Numbers, AreSmall) {
  EXPECT_LT(GetParam(), 2);
}
INSTANTIATE_TEST_SUITE_P(From_0, Numbers, testing::Values(0, 1, 2),
                         [](const auto &info) { return "n" + std::to_string(info.param); });
INSTANTIATE_TEST_SUITE_P(, Numbers, testing::Values(0));

template <class T>
class Typed : public testing::Test {};
using Types = testing::Types<int, char *>;
TYPED_TEST_SUITE(Typed, Types);
TYPED_TEST(Typed, HasASize) {
  EXPECT_GT(sizeof(TypeParam), 0u);
}

TEST(SampleDeathTest, Dies) {
  EXPECT_DEATH(abort(), "");
}

TEST(Ends, WithASignal) {
  printf("about to fall");
  raise(SIGSEGV);
}
TEST(Ends, WithExit) {
  exit(0);
}
TEST(Ends, Never) {
  for (;;) pause();
}
TEST(Ends, WithAChildThatStays) {
  if (fork() == 0)
    for (;;) pause();
}
TEST(Ends, Well) {}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  role = slash ? slash + 1 : argv[0];
  if (role == "no-list") abort();
  testing::InitGoogleTest(&argc, argv);
  const bool list = testing::GTEST_FLAG(list_tests);
  if (role == "no-start" && !list) abort();
  const int status = RUN_ALL_TESTS();
  return role == "bad-end" && !list ? 23 : status;
}
