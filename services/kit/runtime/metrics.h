// Prometheus metrics behind small handles (prometheus-cpp stays in the .cpp). Thread: any. Names without the `nova_`
// prefix get it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace nova::kit {

using Labels = std::map<std::string, std::string>;

class Counter {
public:
    virtual ~Counter() = default;
    virtual void add(double n = 1) = 0;
    virtual double value() const = 0;
};
class Gauge {
public:
    virtual ~Gauge() = default;
    virtual void set(double v) = 0;
};
class Histogram {
public:
    virtual ~Histogram() = default;
    virtual void observe(double seconds) = 0;
};

class Metrics {
public:
    Metrics();
    ~Metrics();
    // The same name and labels give the same series; it lives as long as the Metrics.
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels = {});
    // Called right before each scrape, to set gauges that cost something to know.
    void beforeScrape(std::function<void()> collect);
    std::string scrape();  // Prometheus text format
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
