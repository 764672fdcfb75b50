#include "kit/runtime/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <utility>
#include <vector>

namespace nova::kit {
namespace {

class PrometheusCounter final : public Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& inner) : m_inner(inner) {}
    void add(double n) override { m_inner.Increment(n); }
    double value() const override { return m_inner.Value(); }

private:
    prometheus::Counter& m_inner;
};

class PrometheusGauge final : public Gauge {
public:
    explicit PrometheusGauge(prometheus::Gauge& inner) : m_inner(inner) {}
    void set(double v) override { m_inner.Set(v); }

private:
    prometheus::Gauge& m_inner;
};

class PrometheusHistogram final : public Histogram {
public:
    explicit PrometheusHistogram(prometheus::Histogram& inner) : m_inner(inner) {}
    void observe(double seconds) override { m_inner.Observe(seconds); }

private:
    prometheus::Histogram& m_inner;
};

const prometheus::Histogram::BucketBoundaries secondsBuckets{
    0.000'1, 0.000'25, 0.000'5, 0.001, 0.002'5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

std::string fullName(const std::string& name) {
    return name.starts_with("nova_") ? name : "nova_" + name;
}

}  // namespace

struct Metrics::Impl {
    using Key = std::pair<std::string, Labels>;
    prometheus::Registry registry;
    std::mutex mutex;
    std::map<Key, std::unique_ptr<Counter>> counters;
    std::map<Key, std::unique_ptr<Gauge>> gauges;
    std::map<Key, std::unique_ptr<Histogram>> histograms;
    std::vector<std::function<void()>> collectors;
};

Metrics::Metrics() : m_impl(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(m_impl->mutex);
    auto& slot = m_impl->counters[{fullName(name), labels}];
    if (!slot) {
        auto& family = prometheus::BuildCounter().Name(fullName(name)).Help(help).Register(m_impl->registry);
        slot = std::make_unique<PrometheusCounter>(family.Add(labels));
    }
    return *slot;
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(m_impl->mutex);
    auto& slot = m_impl->gauges[{fullName(name), labels}];
    if (!slot) {
        auto& family = prometheus::BuildGauge().Name(fullName(name)).Help(help).Register(m_impl->registry);
        slot = std::make_unique<PrometheusGauge>(family.Add(labels));
    }
    return *slot;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(m_impl->mutex);
    auto& slot = m_impl->histograms[{fullName(name), labels}];
    if (!slot) {
        auto& family = prometheus::BuildHistogram().Name(fullName(name)).Help(help).Register(m_impl->registry);
        slot = std::make_unique<PrometheusHistogram>(family.Add(labels, secondsBuckets));
    }
    return *slot;
}

void Metrics::beforeScrape(std::function<void()> collect) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->collectors.push_back(std::move(collect));
}

std::string Metrics::scrape() {
    std::vector<std::function<void()>> collectors;
    {
        const std::lock_guard lock(m_impl->mutex);
        collectors = m_impl->collectors;
    }
    for (const auto& collect : collectors) collect();
    return prometheus::TextSerializer{}.Serialize(m_impl->registry.Collect());
}

}  // namespace nova::kit
