#include "probe/kubernetes/kubernetes_settings.h"
#include <gtest/gtest.h>
