// The addon's entry: everything that touches the host kernel on a guest's behalf is registered here.
#include <napi.h>

#include "platform/ctl.h"

void RegisterHostFiles(Napi::Env env, Napi::Object exports);
void RegisterHostStreams(Napi::Env env, Napi::Object exports);
void RegisterHostSockets(Napi::Env env, Napi::Object exports);
void RegisterHostUnixSockets(Napi::Env env, Napi::Object exports);
void RegisterHostNetwork(Napi::Env env, Napi::Object exports);
void RegisterHostControlSockets(Napi::Env env, Napi::Object exports);
void RegisterHostSpawn(Napi::Env env, Napi::Object exports);
void RegisterHostTerminals(Napi::Env env, Napi::Object exports);
void RegisterHostSupervise(Napi::Env env, Napi::Object exports);

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  tvisor::RegisterMemory(env, exports);
  tvisor::RegisterNotify(env, exports);
  tvisor::RegisterTracer(env, exports);
  tvisor::RegisterRoom(env, exports);
  tvisor::RegisterConfine(env, exports);
  tvisor::RegisterSignalSets(env, exports);
  tvisor::RegisterSync(env, exports);
  tvisor::RegisterLane(env, exports);
  tvisor::RegisterControl(env, exports);
  RegisterHostFiles(env, exports);
  RegisterHostStreams(env, exports);
  RegisterHostSockets(env, exports);
  RegisterHostUnixSockets(env, exports);
  RegisterHostNetwork(env, exports);
  RegisterHostControlSockets(env, exports);
  RegisterHostSpawn(env, exports);
  RegisterHostTerminals(env, exports);
  RegisterHostSupervise(env, exports);
  return exports;
}

NODE_API_MODULE(tvisor, Init)
