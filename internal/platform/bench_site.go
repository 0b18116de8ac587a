package platform

import (
	"context"
	"fmt"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/gateway/bench"
	"pingzhang/internal/register"
)

// benchFactors are those that the devices of the benchmark are limited in.
var benchFactors = map[string]string{"a34013": "颗粒物", "a21026": "二氧化硫", "a21002": "氮氧化物"}

// benchOutlets is how many outlets an enterprise has: their codes have three
// digits.
const benchOutlets = 900

// BenchSite registers n outlets with a device and three hour limits each in p,
// which must be new, for the benchmark that judges.
func (p *Platform) BenchSite(ctx context.Context, n int) (_ bench.Site, err error) {
	defer fault.Wrap(&err, "platform.BenchSite(%d)", n)

	plant := int64(0)
	for i := range n {
		if i%benchOutlets == 0 {
			if plant, err = p.benchPlant(ctx, i/benchOutlets); err != nil {
				return bench.Site{}, err
			}
		}
		if err := p.benchOutlet(ctx, plant, i); err != nil {
			return bench.Site{}, err
		}
	}
	if err := p.Gateway.Refresh(ctx); err != nil {
		return bench.Site{}, err
	}
	return bench.Site{Gateway: p.Gateway, Store: p.Measure, Judge: func(ctx context.Context, now time.Time) (int, error) {
		done, err := p.Discharge.Judge(ctx, now)
		return done.Hours, err
	}}, nil
}

func (p *Platform) benchPlant(ctx context.Context, i int) (int64, error) {
	lon, lat := 127.5, 50.2
	code := fmt.Sprintf("91231102MA%07d", i+99)
	digit, _ := register.USCCDigit(code)
	return p.save(ctx, register.Entry{
		Register: register.Enterprise, Code: code + string(digit), Name: fmt.Sprintf("示例性能测试%d", i+1), Division: "231102", Lon: &lon, Lat: &lat,
		Data: map[string]any{"address": "虚构", "contact": "示例", "phone": "0456-0000000", "industry": "D4430 热力生产和供应", "permit_class": "none"},
	})
}

// benchOutlet registers the i-th outlet with its limits and its device.
func (p *Platform) benchOutlet(ctx context.Context, plant int64, i int) error {
	outlet, err := p.save(ctx, register.Entry{
		Register: register.Outlet, Code: fmt.Sprintf("DA%03d", i%benchOutlets+1), Name: "示例排口",
		Data: map[string]any{"enterprise": plant, "medium": "air"},
	})
	if err != nil {
		return err
	}
	var units []register.FactorUnit
	for factor, name := range benchFactors {
		units = append(units, register.FactorUnit{Code: factor, Unit: "mg/m3"})
		if _, err := p.save(ctx, register.Entry{Register: register.LimitEntry, Data: map[string]any{
			"outlet": outlet, "factor": factor, "factor_name": name, "max": "200", "unit": "mg/m3", "period": "hour",
			"valid_from": "2026-01-01", "document": "性能测试，非法定限值", "clause": "无", "confidence": "unverified", "basis": "exceedance",
		}}); err != nil {
			return err
		}
	}
	_, err = p.save(ctx, register.Entry{Register: register.PointEntry, Name: "示例监测点", Data: map[string]any{
		"kind": "source_air", "outlet": outlet, "mn": bench.MN(i), "profile": "2017", "st": "31", "password": "123456", "factors": units, "minute_interval_min": "1",
	}})
	return err
}
